using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>Tuples of indices as offsets of the slices that they name, in elements; checked one by one before anything is read or written.</summary>
internal readonly unsafe struct Tuples
{
    private Tuples(long* starts, long count, long slice)
    {
        Starts = starts;
        Count = count;
        Slice = slice;
    }

    public long* Starts { get; }

    public long Count { get; }

    /// <summary>Elements of a slice.</summary>
    public long Slice { get; }

    public static long Bytes(Signature s) => s.Input(1).Shape[-1] == 0 ? 0 : s.Input(1).Elements / s.Input(1).Shape[-1] * sizeof(long);

    /// <exception cref="GraphException">An index is outside its axis.</exception>
    public static Tuples Of(KernelContext c, Shape x, long batchDims)
    {
        TensorType type = c.Signature.Input(1);
        int batch = (int)batchDims, length = (int)type.Shape[-1];
        long count = type.Elements / length, batches = new Shape(x.Dims[..batch]).Elements, size = new Shape(x.Dims[batch..]).Elements;
        long perBatch = batches == 0 ? 1 : Math.Max(1, count / batches);
        long[] strides = x.Strides();
        long* starts = (long*)c.Workspace;
        void* indices = c.Input(1).Data;
        for (long i = 0; i < count; i++)
        {
            long start = i / perBatch * size;
            for (int k = 0; k < length; k++)
            {
                long index = type.Element == ElementType.Int64 ? ((long*)indices)[i * length + k] : ((int*)indices)[i * length + k], extent = x[batch + k];
                if (index < -extent || index >= extent)
                    throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): index {index}, element {i * length + k} of '{c.Node.Inputs[1]}', is outside axis {batch + k} of {x}");
                start += (index < 0 ? index + extent : index) * strides[batch + k];
            }
            starts[i] = start;
        }
        return new Tuples(starts, count, new Shape(x.Dims[(batch + length)..]).Elements);
    }
}

internal sealed unsafe class GatherNDKernel : Kernel<GatherND>
{
    protected override long Workspace(GatherND op, Signature s) => Tuples.Bytes(s);

    protected override void Run(GatherND op, KernelContext c)
    {
        Tuples tuples = Tuples.Of(c, c.Signature.Input(0).Shape, op.BatchDims);
        if (c.Signature.Output(0).Elements == 0) return;
        int size = c.Signature.Output(0).Element.Size();
        long bytes = tuples.Slice * size;
        Workers.For(new Loop { From = c.In<byte>(0), To = c.Out<byte>(0), Starts = tuples.Starts, Size = size, Bytes = bytes }, tuples.Count, Math.Max(1, (1 << 15) / bytes));
    }

    private struct Loop : IRangeKernel
    {
        public byte* From, To;
        public long* Starts;
        public long Size, Bytes;

        public readonly void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++)
            {
                byte* from = From + Starts[i] * Size, to = To + i * Bytes;
                if (Bytes == 4) *(uint*)to = *(uint*)from;
                else if (Bytes == 8) *(ulong*)to = *(ulong*)from;
                else Buffer.MemoryCopy(from, to, Bytes, Bytes);
            }
        }
    }
}

internal sealed unsafe class GatherNDGradientKernel : Kernel<GatherNDGradient>
{
    protected override long Workspace(GatherNDGradient op, Signature s) => Tuples.Bytes(s);

    protected override void Run(GatherNDGradient op, KernelContext c)
    {
        TensorType type = c.Signature.Output(0);
        Tuples tuples = Tuples.Of(c, type.Shape, op.BatchDims);
        c.Output(0).Zero(c.Node.Name);
        Scatters.Run(new TupleScatter { Data = c.Out<byte>(0), Updates = c.In<byte>(0), Tuples = tuples }, type.Element, ScatterReduction.Add);
    }
}

internal sealed unsafe class ScatterNDKernel : Kernel<ScatterND>
{
    protected override long Workspace(ScatterND op, Signature s) => Tuples.Bytes(s);

    protected override void Run(ScatterND op, KernelContext c)
    {
        TensorType type = c.Signature.Output(0);
        Tuples tuples = Tuples.Of(c, type.Shape, 0);
        using var buffers = new ScatterBuffers(c, 2);
        Scatters.Run(new TupleScatter { Data = buffers.Data, Updates = buffers.Updates, Tuples = tuples }, type.Element, op.Reduction);
    }
}

/// <summary>Applies slices one after another; threads share out the elements of a slice, so updates that meet are applied in their order.</summary>
internal unsafe struct TupleScatter : IScatterBody
{
    public byte* Data, Updates;
    public Tuples Tuples;

    public readonly void Run<TStore, TFunction>() where TStore : struct, IScatterStore where TFunction : struct, IScatterFunction
        => Workers.For(new Loop<TStore, TFunction> { In = this }, Tuples.Slice, Math.Max(256, (1 << 13) / Math.Max(1, Tuples.Count)));

    private struct Loop<TStore, TFunction> : IRangeKernel where TStore : struct, IScatterStore where TFunction : struct, IScatterFunction
    {
        public TupleScatter In;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long t = 0; t < In.Tuples.Count; t++)
            {
                long to = In.Tuples.Starts[t], from = t * In.Tuples.Slice;
                for (long k = begin; k < end; k++) TStore.Apply<TFunction>(In.Data, to + k, In.Updates, from + k);
            }
        }
    }
}
