using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Random;

internal sealed class RandomNormalLikeKernel : Kernel<RandomNormalLike>
{
    protected override void Run(RandomNormalLike op, KernelContext c) => Draws.Run(op, c);
}

internal sealed class RandomUniformLikeKernel : Kernel<RandomUniformLike>
{
    protected override void Run(RandomUniformLike op, KernelContext c) => Draws.Run(op, c);
}

internal sealed class RandomTrainingKernel : Kernel<RandomTraining>
{
    protected override void Run(RandomTraining op, KernelContext c)
        // The two top bits set these streams apart from dropout's, which have the first alone, and from those of initialisation and shuffling.
        => Draws.Run(op.Distribution, op.First, op.Second, new Philox((ulong)c.Scalar<long>(1), 3UL << 62 | (ulong)c.Scalar<long>(2) << 20 | (uint)op.Stream), c);
}

/// <summary>Fills an output with random numbers, blocks of it on each thread: each number follows from its index, so the threads' shares don't matter.</summary>
internal static unsafe class Draws
{
    private const int Block = 1024;

    public static void Run(RandomLikeOperator op, KernelContext c) => Run(op.Distribution, op.First, op.Second, new Philox(BitConverter.SingleToUInt32Bits(op.Seed), 3UL << 62), c);

    public static void Run(Distribution distribution, float first, float second, Philox generator, KernelContext c)
    {
        long count = c.Signature.Output(0).Elements;
        Workers.For(new Filling { Y = c.Out<byte>(0), Count = count, Element = c.Signature.Output(0).Element, Normal = distribution == Distribution.Normal, First = first, Second = second, Generator = generator }, (count + Block - 1) / Block, 2);
    }

    private struct Filling : IRangeKernel
    {
        public byte* Y;
        public long Count;
        public ElementType Element;
        public bool Normal;
        public float First, Second;
        public Philox Generator;

        public readonly void Run(long begin, long end)
        {
            Span<float> own = stackalloc float[Block];
            for (long at = begin * Block; at < Math.Min(end * Block, Count); at += Block)
            {
                int count = (int)Math.Min(Block, Count - at);
                Span<float> values = Element == ElementType.Float32 ? new Span<float>((float*)Y + at, count) : own[..count];
                if (Normal) Generator.FillNormal(values, (ulong)at, First, Second);
                else Generator.FillUniform(values, (ulong)at, First, Second);
                if (Element == ElementType.Float32) continue;
                int size = Element.Size();
                for (int i = 0; i < count; i++) Numbers.Write(Element, values[i], new Span<byte>(Y + (at + i) * size, size));
            }
        }
    }
}
