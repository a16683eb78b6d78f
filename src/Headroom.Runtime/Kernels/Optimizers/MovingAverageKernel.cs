using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Optimizers;

internal sealed unsafe class MovingAverageKernel : Kernel<MovingAverage>
{
    protected override void Run(MovingAverage op, KernelContext c)
        => Workers.For(new Averaging { Average = InPlace.State(c, 0, 0), Weight = c.In<float>(1), Share = (float)(1 - op.DecayAt(InPlace.Step(c, 2))) }, c.Signature.Input(0).Elements, 4096);

    private struct Averaging : IRangeKernel
    {
        public float* Average, Weight;
        public float Share;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Share == 1)
            {
                // To the bit, whatever stood there.
                new ReadOnlySpan<float>(Weight + begin, (int)(end - begin)).CopyTo(new Span<float>(Average + begin, (int)(end - begin)));
                return;
            }
            Vector512<float> share = Vector512.Create(Share);
            long i = begin;
            for (; i + 16 <= end; i += 16)
            {
                Vector512<float> average = Vector512.Load(Average + i);
                Vector512.FusedMultiplyAdd(share, Vector512.Load(Weight + i) - average, average).Store(Average + i);
            }
            for (; i < end; i++) Average[i] = MathF.FusedMultiplyAdd(Share, Weight[i] - Average[i], Average[i]);
        }
    }
}
