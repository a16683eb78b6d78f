using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>Indices <c>[outer, along, inner]</c> around an axis, and where their lines begin in a tensor that may be larger beside the axis: the two tables of offsets stand in the working space.</summary>
internal unsafe struct Lines
{
    public long* OuterStarts, InnerStarts;
    public long Outer, Along, Inner, Step;

    public static long Bytes(Shape indices, int axis) => (Elements(indices.Dims[..axis]) + Elements(indices.Dims[(axis + 1)..])) * sizeof(long);

    public static Lines Of(byte* workspace, Shape indices, Shape x, int axis)
    {
        long[] strides = x.Strides();
        var lines = new Lines { Outer = Elements(indices.Dims[..axis]), Along = indices[axis], Inner = Elements(indices.Dims[(axis + 1)..]), Step = strides[axis] };
        lines.OuterStarts = (long*)workspace;
        lines.InnerStarts = lines.OuterStarts + lines.Outer;
        Fill(lines.OuterStarts, indices.Dims[..axis], strides.AsSpan()[..axis]);
        Fill(lines.InnerStarts, indices.Dims[(axis + 1)..], strides.AsSpan()[(axis + 1)..]);
        return lines;
    }

    private static long Elements(ReadOnlySpan<long> dims) => new Shape(dims).Elements;

    private static void Fill(long* starts, ReadOnlySpan<long> dims, ReadOnlySpan<long> strides)
    {
        long count = Elements(dims);
        for (long i = 0; i < count; i++)
        {
            long rest = i, at = 0;
            for (int d = dims.Length - 1; d >= 0; d--)
            {
                at += rest % dims[d] * strides[d];
                rest /= dims[d];
            }
            starts[i] = at;
        }
    }
}

/// <summary>Copies single elements by index. Indices come from data, so each is checked before anything is read.</summary>
internal sealed unsafe class GatherElementsKernel : Kernel<GatherElements>
{
    protected override long Workspace(GatherElements op, Signature s) => Lines.Bytes(s.Input(1).Shape, s.Input(0).Shape.Axis(op.Axis));

    protected override void Run(GatherElements op, KernelContext c)
    {
        Shape x = c.Signature.Input(0).Shape, shape = c.Signature.Input(1).Shape;
        int axis = x.Axis(op.Axis);
        Indices indices = Indices.Of(c, 1, x[axis]);
        if (shape.Elements == 0) return;
        Lines lines = Lines.Of(c.Workspace, shape, x, axis);
        switch (c.Signature.Output(0).Element.Size())
        {
            case 8: Run<ulong>(c, indices, lines); break;
            case 4: Run<uint>(c, indices, lines); break;
            case 2: Run<ushort>(c, indices, lines); break;
            default: Run<byte>(c, indices, lines); break;
        }
    }

    private static void Run<T>(KernelContext c, Indices indices, Lines lines) where T : unmanaged
        => Workers.For(new Loop<T> { X = c.In<T>(0), Y = c.Out<T>(0), Indices = indices, Lines = lines }, lines.Outer * lines.Along, Math.Max(1, (1 << 13) / lines.Inner));

    private struct Loop<T> : IRangeKernel where T : unmanaged
    {
        public T* X, Y;
        public Indices Indices;
        public Lines Lines;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                T* x = X + Lines.OuterStarts[row / Lines.Along];
                long at = row * Lines.Inner;
                for (long i = 0; i < Lines.Inner; i++, at++) Y[at] = x[Indices[at] * Lines.Step + Lines.InnerStarts[i]];
            }
        }
    }
}

/// <summary>Threads share out the lines along the axis: updates that meet lie on one line, and are applied in their order whatever the number of threads.</summary>
internal sealed unsafe class ScatterElementsKernel : Kernel<ScatterElements>
{
    protected override long Workspace(ScatterElements op, Signature s) => Lines.Bytes(s.Input(1).Shape, s.Input(0).Shape.Axis(op.Axis));

    protected override void Run(ScatterElements op, KernelContext c)
    {
        Shape x = c.Signature.Input(0).Shape, shape = c.Signature.Input(1).Shape;
        int axis = x.Axis(op.Axis);
        Indices indices = Indices.Of(c, 1, x[axis]);
        using var buffers = new ScatterBuffers(c, 2);
        if (shape.Elements == 0) return;
        var body = new Body { Data = buffers.Data, Updates = buffers.Updates, Indices = indices, Lines = Lines.Of(c.Workspace, shape, x, axis) };
        Scatters.Run(body, c.Signature.Output(0).Element, op.Reduction);
    }

    private struct Body : IScatterBody
    {
        public byte* Data, Updates;
        public Indices Indices;
        public Lines Lines;

        public readonly void Run<TStore, TFunction>() where TStore : struct, IScatterStore where TFunction : struct, IScatterFunction
            => Workers.For(new Loop<TStore, TFunction> { In = this }, Lines.Outer * Lines.Inner, Math.Max(1, (1 << 13) / Lines.Along));
    }

    private struct Loop<TStore, TFunction> : IRangeKernel where TStore : struct, IScatterStore where TFunction : struct, IScatterFunction
    {
        public Body In;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Lines lines = In.Lines;
            for (long line = begin; line < end;)
            {
                long outer = line / lines.Inner, first = line % lines.Inner, last = Math.Min(lines.Inner, first + end - line), start = lines.OuterStarts[outer];
                for (long k = 0; k < lines.Along; k++)
                {
                    long from = (outer * lines.Along + k) * lines.Inner;
                    for (long i = first; i < last; i++) TStore.Apply<TFunction>(In.Data, start + In.Indices[from + i] * lines.Step + lines.InnerStarts[i], In.Updates, from + i);
                }
                line += last - first;
            }
        }
    }
}
