using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>The off value everywhere, then the on value at each index that is one.</summary>
internal sealed unsafe class OneHotKernel : Kernel<OneHot>
{
    protected override void Run(OneHot op, KernelContext c)
    {
        TensorType y = c.Signature.Output(0);
        if (y.Elements == 0) return;
        switch (y.Element.Size())
        {
            case 8: Run<ulong>(op, c, y); break;
            case 4: Run<uint>(op, c, y); break;
            case 2: Run<ushort>(op, c, y); break;
            default: Run<byte>(op, c, y); break;
        }
    }

    private static void Run<T>(OneHot op, KernelContext c, TensorType y) where T : unmanaged
    {
        var table = new Table(y.Shape, op.Axis);
        var kernel = new Loop<T> { Table = table, Indices = c.In<byte>(0), Type = c.Signature.Input(0).Element, Off = c.In<T>(2)[0], On = c.In<T>(2)[1], Y = c.Out<T>(0) };
        Workers.For(kernel, table.Outer, Math.Max(1, (1 << 15) / (table.Extent * table.Inner)));
    }

    private struct Loop<T> : IRangeKernel where T : unmanaged
    {
        public Table Table;
        public byte* Indices;
        public ElementType Type;
        public T Off, On;
        public T* Y;

        public readonly void Run(long begin, long end)
        {
            for (long outer = begin; outer < end; outer++)
            {
                T* row = Y + outer * Table.Extent * Table.Inner;
                for (long i = 0; i < Table.Extent * Table.Inner; i++) row[i] = Off;
                for (long lane = 0; lane < Table.Inner; lane++)
                {
                    long index = Index(outer * Table.Inner + lane);
                    if (index < 0) index += Table.Extent;
                    if ((ulong)index < (ulong)Table.Extent) row[index * Table.Inner + lane] = On;
                }
            }
        }

        // A conversion saturates, so that no fraction however large, nor NaN, becomes an index within.
        private readonly long Index(long i) => Type switch
        {
            ElementType.Int64 => ((long*)Indices)[i],
            ElementType.Int32 => ((int*)Indices)[i],
            ElementType.Int8 => ((sbyte*)Indices)[i],
            ElementType.UInt8 => Indices[i],
            ElementType.Float32 => Whole(((float*)Indices)[i]),
            ElementType.Float64 => Whole(((double*)Indices)[i]),
            ElementType.Float16 => Whole(Float16Scalar.Read(Indices, i)),
            _ => Whole(BFloat16Scalar.Read(Indices, i)),
        };

        private static long Whole(double index) => double.IsNaN(index) ? long.MaxValue : (long)Math.Clamp(index, long.MinValue / 2, long.MaxValue / 2);
    }
}

internal sealed unsafe class EyeLikeKernel : Kernel<EyeLike>
{
    protected override void Run(EyeLike op, KernelContext c)
    {
        TensorType y = c.Signature.Output(0);
        c.Output(0).Zero(c.Node.Name);
        ReadOnlySpan<byte> one = TensorData.Fill(y.Element, Shape.Scalar, 1).Bytes;
        long rows = y.Shape[0], columns = y.Shape[1], diagonal = Math.Clamp(op.Diagonal, -rows, columns);
        for (long row = Math.Max(0, -diagonal); row < rows && row + diagonal < columns; row++)
            one.CopyTo(new Span<byte>(c.Out<byte>(0) + (row * columns + row + diagonal) * one.Length, one.Length));
    }
}
