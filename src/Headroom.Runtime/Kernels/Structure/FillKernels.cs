using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Structure;

internal sealed class ConstantOfShapeKernel : Kernel<ConstantOfShape>
{
    protected override unsafe void Run(ConstantOfShape op, KernelContext c)
    {
        ReadOnlySpan<byte> one = op.Value.Bytes;
        byte* y = c.Out<byte>(0);
        long n = c.Signature.Output(0).Elements;
        for (long i = 0; i < n; i++) one.CopyTo(new Span<byte>(y + i * one.Length, one.Length));
    }
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
