namespace Headroom.Runtime.Kernels.Optimizers;

internal sealed unsafe class AdamW8BitKernel : Kernel<Graph.Operators.AdamW8Bit>
{
    protected override void Run(Graph.Operators.AdamW8Bit op, KernelContext c)
    {
        float* weight = InPlace.State(c, 0, 0), mMost = InPlace.State(c, 2, 3), vMost = InPlace.State(c, 4, 5);
        byte* m = InPlace.State<byte>(c, 1, 2), v = InPlace.State<byte>(c, 3, 4);
        Fused.AdamW8Bit.Run(weight, c.In<byte>(1), c.Input(1).ScalarType, m, mMost, v, vMost, c.Input(0).Elements,
            InPlace.Step(c, 7), c.Scalar<float>(6), op.Beta1, op.Beta2, op.Epsilon, op.WeightDecay, c.Has(8) ? c.Scalar<float>(8) : 1);
    }
}
