using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>
/// One axis after another, those that shrink first, through at most two passing buffers. fp32 and fp64 are read and written as they are; halves and bytes pass through fp32, wider integers through fp64.
/// The weights are computed at a node's first run and kept as long as its program.
/// </summary>
internal abstract unsafe class AxisSumKernel<TOperator> : Kernel<TOperator> where TOperator : Operator
{
    private readonly ConditionalWeakTable<KernelContext, Table[]> _tables = [];

    /// <summary>Whether an axis has any sums to take.</summary>
    protected abstract bool[] Passes(TOperator op, Signature s);

    /// <summary>For each axis, what each element of the output is made of; null for one without.</summary>
    protected abstract ResizeWeights?[] Weights(TOperator op, Signature s);

    /// <summary>The value of elements that are made of nothing.</summary>
    protected virtual double Fill(TOperator op) => 0;

    protected override long Workspace(TOperator op, Signature s)
    {
        (long even, long odd) = Buffers(s, Order(op, s));
        return even + odd;
    }

    protected override void Run(TOperator op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        int[] order = Order(op, c.Signature);
        if (order.Length == 0)
        {
            c.Output(0).CopyFrom(c.Input(0), node: c.Node.Name);
            return;
        }
        if (IsWide(c.Signature)) Run<double>(op, c, order);
        else Run<float>(op, c, order);
    }

    private void Run<T>(TOperator op, KernelContext c, int[] order) where T : unmanaged, System.Numerics.INumber<T>
    {
        Signature s = c.Signature;
        if (!_tables.TryGetValue(c, out Table[]? tables))
        {
            ResizeWeights?[] weights = Weights(op, s);
            _tables.AddOrUpdate(c, tables = [.. order.Select(axis => new Table(weights[axis]!, weights[axis]!.Factors.Select(f => T.CreateTruncating(f)).ToArray()))]);
        }
        byte* even = c.Workspace, odd = even + Buffers(s, order).Even;
        bool native = IsNative(s);
        T* from = c.In<T>(0);
        if (!native) StagedElements.Widen(c.Input(0).Data, s.Input(0), from = (T*)even);
        Shape shape = s.Input(0).Shape;
        T fill = T.CreateTruncating(Fill(op));
        for (int i = 0; i < order.Length; i++)
        {
            ResizeWeights w = tables[i].Weights;
            T* to = native && i == order.Length - 1 ? c.Out<T>(0) : (T*)(i % 2 == 0 ? odd : even);
            var factors = (T[])tables[i].Factors;
            fixed (int* rows = w.Rows, sources = w.Sources)
            fixed (T* f = factors)
            {
                long inner = new Shape(shape.Dims[(order[i] + 1)..]).Elements, outer = new Shape(shape.Dims[..order[i]]).Elements;
                var pass = new AxisPass<T> { X = from, Y = to, Rows = rows, Sources = sources, Factors = f, From = w.From, To = w.To, Inner = inner, Fill = fill };
                Workers.For(pass, outer * w.To, Math.Max(1, (1 << 13) / inner));
            }
            shape = shape.With(order[i], w.To);
            from = to;
        }
        if (!native) StagedElements.Narrow(from, c.Output(0).Data, s.Output(0));
    }

    // The fewest elements in between: shrinking axes first.
    private int[] Order(TOperator op, Signature s)
    {
        Shape from = s.Input(0).Shape, to = s.Output(0).Shape;
        bool[] passes = Passes(op, s);
        return [.. Enumerable.Range(0, from.Rank).Where(i => passes[i]).OrderBy(i => (double)to[i] / Math.Max(1, from[i]))];
    }

    // Stage 0 is the input, stage i what pass i gave. Even stages share a buffer, odd ones the other; the ends need none where they are read and written as they are.
    private static (long Even, long Odd) Buffers(Signature s, int[] order)
    {
        if (order.Length == 0) return (0, 0);
        bool native = IsNative(s);
        int size = IsWide(s) ? sizeof(double) : sizeof(float);
        Shape shape = s.Input(0).Shape;
        long even = 0, odd = 0;
        for (int stage = 0; stage <= order.Length; stage++)
        {
            if (stage > 0) shape = shape.With(order[stage - 1], s.Output(0).Shape[order[stage - 1]]);
            if (native && (stage == 0 || stage == order.Length)) continue;
            long bytes = (shape.Elements * size + 63) / 64 * 64;
            if (stage % 2 == 0) even = Math.Max(even, bytes);
            else odd = Math.Max(odd, bytes);
        }
        return (even, odd);
    }

    /// <summary>A pass' weights, and their factors in the type that it is computed in.</summary>
    private sealed record Table(ResizeWeights Weights, Array Factors);

    private static bool IsNative(Signature s) => s.Input(0).Element is ElementType.Float32 or ElementType.Float64;

    private static bool IsWide(Signature s) => s.Input(0).Element is ElementType.Float64 or ElementType.Int32 or ElementType.Int64;
}

internal sealed class ResizeKernel : AxisSumKernel<Resize>
{
    protected override bool[] Passes(Resize op, Signature s)
        => [.. ResizeAxis.All(op, s).Select(a => op.Mode != ResizeMode.Nearest && !a.IsIdentity(op.Coordinates))];

    protected override ResizeWeights?[] Weights(Resize op, Signature s) => op.Weights(s);

    protected override double Fill(Resize op) => op.Extrapolation;

    protected override void Run(Resize op, KernelContext c)
    {
        if (op.Mode != ResizeMode.Nearest)
        {
            base.Run(op, c);
            return;
        }
        ElementType element = c.Signature.Output(0).Element;
        MappedCopy.Run(c, op.Maps(c.Signature), TensorData.Fill(element, Shape.Scalar, op.Extrapolation).Bytes);
    }
}

internal sealed class ResizeGradientKernel : AxisSumKernel<ResizeGradient>
{
    protected override bool[] Passes(ResizeGradient op, Signature s) => [.. op.Weights.Select(w => w is not null)];

    protected override ResizeWeights?[] Weights(ResizeGradient op, Signature s) => [.. op.Weights.Select(w => w?.Transposed())];
}
