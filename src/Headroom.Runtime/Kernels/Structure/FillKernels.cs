using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

internal sealed class ConstantOfShapeKernel : Kernel<ConstantOfShape>
{
    protected override unsafe void Run(ConstantOfShape op, KernelContext c)
    {
        long n = c.Signature.Output(0).Elements;
        switch (op.Value.Type.Element.Size())
        {
            case 8: Fill(c.Out<ulong>(0), op.Value.As<ulong>()[0], n); break;
            case 4: Fill(c.Out<uint>(0), op.Value.As<uint>()[0], n); break;
            case 2: Fill(c.Out<ushort>(0), op.Value.As<ushort>()[0], n); break;
            default: Fill(c.Out<byte>(0), op.Value.As<byte>()[0], n); break;
        }
    }

    private static unsafe void Fill<T>(T* y, T value, long n) where T : unmanaged => Workers.For(new Loop<T> { Y = y, Value = value }, n, 1 << 15);

    private unsafe struct Loop<T> : IRangeKernel where T : unmanaged
    {
        public T* Y;
        public T Value;

        public readonly void Run(long begin, long end)
        {
            const long Most = 1 << 30;
            for (long at = begin; at < end; at += Most) new Span<T>(Y + at, (int)Math.Min(Most, end - at)).Fill(Value);
        }
    }
}

/// <summary>Long ranges; short ones are folded before the run.</summary>
internal sealed class NumberRangeKernel : Kernel<NumberRange>
{
    protected override unsafe void Run(NumberRange op, KernelContext c) => op.Fill(c.Signature, new Span<byte>(c.Out<byte>(0), checked((int)c.Signature.Output(0).Bytes)));
}

internal sealed class TriluKernel : Kernel<Trilu>
{
    protected override unsafe void Run(Trilu op, KernelContext c)
    {
        TensorType type = c.Signature.Output(0);
        if (type.Elements == 0) return;
        long diagonal = Trilu.Diagonal(c.Signature), columns = type.Shape[-1], rows = type.Shape[-2];
        int size = type.Element.Size();
        long bytes = columns * size;
        byte* x = c.In<byte>(0), y = c.Out<byte>(0);
        for (long r = 0; r < type.Elements / columns; r++, x += bytes, y += bytes)
        {
            // The kept columns of a row are one run: [from, to).
            long edge = r % rows + diagonal;
            long from = op.Upper ? Math.Clamp(edge, 0, columns) : 0, to = op.Upper ? columns : Math.Clamp(edge + 1, 0, columns);
            new Span<byte>(y, checked((int)(from * size))).Clear();
            if (x != y) Buffer.MemoryCopy(x + from * size, y + from * size, bytes, (to - from) * size);
            new Span<byte>(y + to * size, checked((int)((columns - to) * size))).Clear();
        }
    }
}
