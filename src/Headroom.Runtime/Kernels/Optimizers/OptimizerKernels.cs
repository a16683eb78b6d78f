using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Optimizers;

internal sealed unsafe class AdamWKernel : Kernel<Graph.Operators.AdamW>
{
    protected override void Run(Graph.Operators.AdamW op, KernelContext c)
    {
        float* weight = InPlace.State(c, 0, 0), m = InPlace.State(c, 1, 2), v = InPlace.State(c, 2, 3);
        Fused.AdamW.Run(weight, c.In<byte>(1), c.Input(1).ScalarType, m, v, c.Wants(3) ? c.Out<ushort>(3) : null, c.Input(0).Elements,
            InPlace.Step(c, 5), c.Scalar<float>(4), op.Beta1, op.Beta2, op.Epsilon, op.WeightDecay, c.Has(6) ? c.Scalar<float>(6) : 1);
    }
}

internal sealed unsafe class SgdKernel : Kernel<Graph.Operators.Sgd>
{
    protected override void Run(Graph.Operators.Sgd op, KernelContext c)
    {
        float* weight = InPlace.State(c, 0, 0), velocity = c.Has(2) ? InPlace.State(c, 1, 2) : null;
        Fused.Sgd.Run(weight, c.In<byte>(1), c.Input(1).ScalarType, velocity, c.Wants(2) ? c.Out<ushort>(2) : null, c.Input(0).Elements,
            c.Scalar<float>(3), op.Momentum, op.WeightDecay, op.Nesterov, c.Has(4) ? c.Scalar<float>(4) : 1);
    }
}

internal sealed unsafe class AccumulateKernel : Kernel<Accumulate>
{
    protected override void Run(Accumulate op, KernelContext c)
    {
        var work = new Work { Sum = InPlace.State(c, 0, 0), Gradient = c.In<byte>(1), Count = c.Input(0).Elements, Factor = (float)op.Factor };
        long blocks = (work.Count + 15) / 16;
        if (Storage.IsBF16(c.Input(1).ScalarType)) Workers.For(new Add<BF16> { W = work }, blocks, 256);
        else Workers.For(new Add<F32> { W = work }, blocks, 256);
    }

    private struct Work
    {
        public float* Sum;
        public byte* Gradient;
        public long Count;
        public float Factor;
    }

    private struct Add<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            var factor = System.Runtime.Intrinsics.Vector512.Create(W.Factor);
            long n = Math.Min(end * 16, W.Count);
            for (long i = begin * 16; i < n; i += 16)
                F32.Store<Ragged>(W.Sum, i, n, System.Runtime.Intrinsics.Vector512.FusedMultiplyAdd(T.Load<Ragged>(W.Gradient, i, n), factor, F32.Load<Ragged>(W.Sum, i, n)));
        }
    }
}

internal static unsafe class InPlace
{
    /// <summary>The buffer to update: the output's, which is usually the state's own; otherwise the old values are brought over first.</summary>
    public static float* State(KernelContext c, int output, int input) => State<float>(c, output, input);

    public static T* State<T>(KernelContext c, int output, int input) where T : unmanaged
    {
        if (!c.Wants(output)) throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): output {output} is unused; every state of an optimizer must be kept");
        if (c.Output(output).Data != c.Input(input).Data) c.Output(output).CopyFrom(c.Input(input));
        return c.Out<T>(output);
    }

    /// <summary>The step's number.</summary>
    public static long Step(KernelContext c, int input)
    {
        long step = c.Scalar<long>(input);
        return step >= 1 ? step : throw new ArgumentOutOfRangeException(nameof(c), $"node '{c.Node.Name}': the step is {step}; the first is 1");
    }
}
