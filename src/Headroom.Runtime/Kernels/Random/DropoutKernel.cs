using System.Numerics;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Random;

/// <summary>Only where the plan can't make the view that it is.</summary>
internal sealed class DropoutKernel : Kernel<Dropout>
{
    protected override void Run(Dropout op, KernelContext c) => c.Output(0).CopyFrom(c.Input(0));
}

/// <summary>Draws the mask as it goes, 256 words at a time; each element's word follows from its index, so the threads' shares don't matter.</summary>
internal sealed unsafe class DropoutTrainingKernel : Kernel<DropoutTraining>
{
    protected override void Run(DropoutTraining op, KernelContext c)
    {
        double ratio = op.Ratio(c.Signature);
        if (ratio == 0)
        {
            if (c.Output(0).Data != c.Input(0).Data) c.Output(0).CopyFrom(c.Input(0));
            return;
        }
        // The top bit sets dropout's streams apart from those of initialisation and shuffling.
        ulong stream = 1UL << 63 | (ulong)c.Scalar<long>(2) << 20 | (uint)op.Stream;
        var work = new Work
        {
            X = c.In<byte>(0), Y = c.Out<byte>(0), Count = c.Signature.Input(0).Elements, Generator = new Philox((ulong)c.Scalar<long>(1), stream),
            Threshold = (uint)Math.Round(ratio * 4294967296.0), Scale = 1 / (1 - ratio),
        };
        long blocks = (work.Count + Block - 1) / Block;
        switch (c.Signature.Input(0).Element)
        {
            case ElementType.Float32: Workers.For(new Vectors { W = work }, blocks, 16); break;
            case ElementType.BFloat16: Workers.For(new Elements<BFloat16Scalar> { W = work }, blocks, 16); break;
            case ElementType.Float16: Workers.For(new Elements<Float16Scalar> { W = work }, blocks, 16); break;
            default: Workers.For(new Elements<Float64Scalar> { W = work }, blocks, 16); break;
        }
    }

    private const int Block = 256;

    private struct Work
    {
        public byte* X, Y;
        public long Count;
        public Philox Generator;

        /// <summary>An element stays if its word is not below this: ratio · 2³².</summary>
        public uint Threshold;
        public double Scale;
    }

    private struct Elements<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            Span<uint> words = stackalloc uint[Block];
            for (long first = begin * Block; first < Math.Min(end * Block, W.Count); first += Block)
            {
                int count = (int)Math.Min(Block, W.Count - first);
                W.Generator.FillUInt32(words[..count], (ulong)first);
                for (int i = 0; i < count; i++) T.Write(W.Y, first + i, words[i] >= W.Threshold ? T.Read(W.X, first + i) * W.Scale : 0);
            }
        }
    }

    private struct Vectors : IRangeKernel
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            Span<uint> words = stackalloc uint[Block];
            var threshold = new Vector<uint>(W.Threshold);
            var scale = new Vector<float>((float)W.Scale);
            for (long first = begin * Block; first < Math.Min(end * Block, W.Count); first += Block)
            {
                int count = (int)Math.Min(Block, W.Count - first), i = 0;
                float* x = (float*)W.X + first, y = (float*)W.Y + first;
                W.Generator.FillUInt32(words[..count], (ulong)first);
                for (; i + Vector<uint>.Count <= count; i += Vector<uint>.Count)
                {
                    Vector<uint> stays = Vector.GreaterThanOrEqual(new Vector<uint>(words[i..]), threshold);
                    Vector.Store(Vector.ConditionalSelect(Vector.AsVectorSingle(stays), Vector.Load(x + i) * scale, Vector<float>.Zero), y + i);
                }
                for (; i < count; i++) y[i] = words[i] >= W.Threshold ? x[i] * (float)W.Scale : 0;
            }
        }
    }
}
