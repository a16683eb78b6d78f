using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>Copies slices by index. Indices come from data, so each is checked before anything is read.</summary>
internal sealed unsafe class GatherKernel : Kernel<Gather>
{
    protected override void Run(Gather op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        var table = new Table(x.Shape, op.Axis);
        long count = c.Signature.Input(1).Elements;
        Indices indices = Indices.Of(c, 1, table.Extent);
        if (c.Signature.Output(0).Elements == 0) return;
        long bytes = table.Inner * x.Element.Size();
        var kernel = new Loop { From = c.In<byte>(0), To = c.Out<byte>(0), Indices = indices, Count = count, Extent = table.Extent, Bytes = bytes };
        Workers.For(kernel, table.Outer * count, Math.Max(1, (1 << 16) / bytes));
    }

    private struct Loop : IRangeKernel
    {
        public byte* From, To;
        public Indices Indices;
        public long Count, Extent, Bytes;

        public readonly void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++)
            {
                byte* from = From + ((i / Count * Extent) + Indices[i % Count]) * Bytes, to = To + i * Bytes;
                if (Bytes == 4) *(uint*)to = *(uint*)from;
                else if (Bytes == 8) *(ulong*)to = *(ulong*)from;
                else Buffer.MemoryCopy(from, to, Bytes, Bytes);
            }
        }
    }
}

/// <summary>A tensor seen as <c>[outer, extent, inner]</c> around one axis.</summary>
internal readonly struct Table
{
    public Table(Shape shape, long axis)
    {
        int at = shape.Axis(axis);
        Outer = new Shape(shape.Dims[..at]).Elements;
        Extent = shape[at];
        Inner = new Shape(shape.Dims[(at + 1)..]).Elements;
    }

    public long Outer { get; }

    public long Extent { get; }

    public long Inner { get; }

    /// <summary>Blocks of so many neighbours that the inner axes fall into.</summary>
    public long Blocks(int width) => (Inner + width - 1) / width;

    /// <summary>Shares out a walk along the axis: a task is a block of neighbours of one outer index.</summary>
    public void Walk<TKernel>(TKernel kernel, int width) where TKernel : unmanaged, IRangeKernel
        => Workers.For(kernel, Outer * Blocks(width), Math.Max(1, (1 << 15) / (Extent * Math.Min(Inner, width))));
}

/// <summary>Checked indices of either width; those below zero count from the end.</summary>
internal readonly unsafe struct Indices
{
    private readonly void* _data;
    private readonly bool _wide;
    private readonly long _extent;

    private Indices(void* data, bool wide, long extent)
    {
        _data = data;
        _wide = wide;
        _extent = extent;
    }

    public long this[long i]
    {
        get
        {
            long index = _wide ? ((long*)_data)[i] : ((int*)_data)[i];
            return index < 0 ? index + _extent : index;
        }
    }

    /// <exception cref="GraphException">An index is outside [-extent, extent).</exception>
    public static Indices Of(KernelContext c, int input, long extent)
    {
        TensorType type = c.Signature.Input(input);
        var indices = new Indices(c.Input(input).Data, type.Element == ElementType.Int64, extent);
        long count = type.Elements;
        for (long i = 0; i < count; i++)
        {
            long index = indices[i];
            if ((ulong)index < (ulong)extent) continue;
            long given = indices._wide ? ((long*)indices._data)[i] : ((int*)indices._data)[i];
            throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): index {given}, element {i} of '{c.Node.Inputs[input]}', is outside an axis of extent {extent}; "
                + "check that the data's vocabulary or classes are the model's");
        }
        return indices;
    }
}
