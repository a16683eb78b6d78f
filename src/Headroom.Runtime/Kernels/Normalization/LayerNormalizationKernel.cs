using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>fp32 and bf16 with whole parameters by the fused kernel, all else by <see cref="RowNorm"/>.</summary>
internal sealed unsafe class LayerNormalizationKernel : Kernel<LayerNormalization>
{
    // A node that is run for its statistics alone writes y into the workspace.
    protected override long Workspace(LayerNormalization op, Signature s)
    {
        long spare = s.Wants(0) ? 0 : (s.Input(0).Bytes + 63) / 64 * 64;
        if (IsFused(op, s)) return Norms.ParameterBytes(s, 1, 2) + spare;
        (Shape shape, _) = Norms.Pattern(s, op.Axis, 1, 2);
        long rows = Norms.Matrix(s.Input(0).Shape, op.Axis).Rows;
        return spare + Parameters.Room(Lanes.Computed(s.Input(0).Element), shape.Elements, shape.Elements, rows, rows);
    }

    protected override void Run(LayerNormalization op, KernelContext c)
    {
        if (c.Signature.Input(0).Elements == 0) return;
        if (IsFused(op, c.Signature)) Fused(op, c);
        else ByRows(op, c);
    }

    private static bool IsFused(LayerNormalization op, Signature s)
    {
        if (!Norms.IsFused(s.Input(0)) || op.Stash is not (null or ElementType.Float32)) return false;
        ReadOnlySpan<long> normalized = s.Input(0).Shape.Dims[s.Input(0).Shape.Axis(op.Axis)..];
        return s.Input(1).Shape.Dims.SequenceEqual(normalized) && (!s.Has(2) || s.Input(2).Shape.Dims.SequenceEqual(normalized));
    }

    private static void Fused(LayerNormalization op, KernelContext c)
    {
        (long rows, long columns) = Norms.Matrix(c.Signature.Input(0).Shape, op.Axis);
        ScalarType type = c.Input(0).ScalarType;
        float* gamma = Norms.Parameter(c, 1, c.Workspace), beta = c.Has(2) ? Norms.Parameter(c, 2, c.Workspace + Norms.Room(columns)) : null;
        void* y = c.Wants(0) ? c.Out<byte>(0) : c.Workspace + Norms.ParameterBytes(c.Signature, 1, 2);
        LayerNorm.Forward(c.In<byte>(0), type, null, null, y, type, gamma, beta, c.Wants(1) ? c.Out<float>(1) : null, c.Wants(2) ? c.Out<float>(2) : null, rows, columns, op.Epsilon);
    }

    private static void ByRows(LayerNormalization op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        ElementType computed = Lanes.Computed(x.Element);
        (long rows, long columns) = Norms.Matrix(x.Shape, op.Axis);
        (Shape shape, long step) = Norms.Pattern(c.Signature, op.Axis, 1, 2);
        byte* at = c.Workspace;
        byte* y = c.Wants(0) ? c.Out<byte>(0) : at;
        if (!c.Wants(0)) at += (x.Bytes + 63) / 64 * 64;
        void* mean = Parameters.Out(c, 1, computed, ref at), inverse = Parameters.Out(c, 2, computed, ref at);
        RowNorm.Forward(new RowNorm.Work
        {
            X = c.In<byte>(0), Y = y, Scale = Parameters.In(c, 1, shape, computed, ref at), Bias = Parameters.In(c, 2, shape, computed, ref at), Step = step,
            Mean = mean, Inverse = inverse, Rows = rows, Columns = columns, Epsilon = op.Epsilon, Centred = true,
        }, x.Element);
        Parameters.Finish(c, 1, mean, computed);
        Parameters.Finish(c, 2, inverse, computed);
    }
}

internal sealed unsafe class LayerNormalizationGradientKernel : Kernel<LayerNormalizationGradient>
{
    // The fused kernel writes all three whether they are wanted or not; what isn't goes into the workspace.
    protected override long Workspace(LayerNormalizationGradient op, Signature s)
    {
        long columns = s.Input(4).Elements;
        return Norms.IsFused(s.Input(1)) ? 3 * Norms.Room(columns) + (s.Wants(0) ? 0 : s.Input(1).Bytes) : Parameters.Room(Lanes.Computed(s.Input(1).Element), columns, columns, columns);
    }

    protected override void Run(LayerNormalizationGradient op, KernelContext c)
    {
        if (Norms.IsFused(c.Signature.Input(1))) Fused(op, c);
        else ByRows(op, c);
    }

    private static void Fused(LayerNormalizationGradient op, KernelContext c)
    {
        (long rows, long columns) = Norms.Matrix(c.Signature.Input(1).Shape, op.Axis);
        ScalarType type = c.Input(1).ScalarType;
        long room = Norms.Room(columns);
        float* gamma = Norms.Parameter(c, 4, c.Workspace), dgamma = Target(c, 1, c.Workspace + room), dbeta = Target(c, 2, c.Workspace + 2 * room);
        void* dx = c.Wants(0) ? c.Out<byte>(0) : c.Workspace + 3 * room;
        LayerNormGradient.Run(c.In<byte>(0), type, c.In<byte>(1), dx, type, null, gamma, c.In<float>(2), c.In<float>(3), dgamma, dbeta, null, rows, columns, before: null);
        for (int i = 1; i < 3; i++)
            if (c.Wants(i) && c.Output(i).ScalarType != ScalarType.Float32) Casts.Run(i == 1 ? dgamma : dbeta, ScalarType.Float32, c.Out<byte>(i), c.Output(i).ScalarType, columns);
    }

    private static float* Target(KernelContext c, int output, byte* spare) => c.Wants(output) && c.Output(output).ScalarType == ScalarType.Float32 ? c.Out<float>(output) : (float*)spare;

    private static void ByRows(LayerNormalizationGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        ElementType computed = Lanes.Computed(x.Element);
        (long rows, long columns) = Norms.Matrix(x.Shape, op.Axis);
        byte* at = c.Workspace;
        void* dscale = Parameters.Out(c, 1, computed, ref at), dbias = Parameters.Out(c, 2, computed, ref at);
        RowNorm.Backward(new RowNorm.Work
        {
            Dy = c.In<byte>(0), X = c.In<byte>(1), Dx = c.Wants(0) ? c.Out<byte>(0) : null, Mean = c.In<byte>(2), Inverse = c.In<byte>(3),
            Scale = Parameters.In(c, 4, c.Signature.Input(4).Shape, computed, ref at), ScaleGradient = dscale, BiasGradient = dbias, Rows = rows, Columns = columns, Centred = true,
        }, x.Element);
        Parameters.Finish(c, 1, dscale, computed);
        Parameters.Finish(c, 2, dbias, computed);
    }
}

/// <summary>What normalizations of rows need.</summary>
internal static unsafe class Norms
{
    public static bool IsFused(TensorType x) => x.Element is ElementType.Float32 or ElementType.BFloat16;

    /// <summary>Rows, and columns that are normalized.</summary>
    public static (long Rows, long Columns) Matrix(Shape x, long axis)
    {
        long columns = new Shape(x.Dims[x.Axis(axis)..]).Elements;
        return (x.Elements / columns, columns);
    }

    /// <summary>The shape that parameters are broadcast to: one row's, or all rows' where one of them differs from row to row; and the elements from one row's to the next's.</summary>
    public static (Shape Shape, long Step) Pattern(Signature s, long axis, params ReadOnlySpan<int> inputs)
    {
        Shape x = s.Input(0).Shape;
        int first = x.Axis(axis);
        foreach (int input in inputs)
        {
            if (!s.Has(input)) continue;
            Shape p = s.Input(input).Shape;
            for (int i = x.Rank - first + 1; i <= p.Rank; i++)
                if (p[-i] != 1) return (x, Matrix(x, axis).Columns);
        }
        long[] row = x.Dims.ToArray();
        Array.Fill(row, 1, 0, first);
        return (new Shape(row), 0);
    }

    /// <summary>Bytes of a row of fp32, rounded up to whole cache lines.</summary>
    public static long Room(long columns) => (columns * sizeof(float) + 63) / 64 * 64;

    /// <summary>Room for fp32 copies of parameters that are stored in 16 bits.</summary>
    public static long ParameterBytes(Signature s, params ReadOnlySpan<int> inputs)
    {
        long bytes = 0;
        foreach (int i in inputs) if (s.Has(i) && IsFused(s.Input(0)) && s.Input(i).Element != ElementType.Float32) bytes += Room(s.Input(i).Elements);
        return bytes;
    }

    /// <summary>A parameter in fp32: where it stands, or widened into <paramref name="spare"/>.</summary>
    public static float* Parameter(KernelContext c, int input, byte* spare)
    {
        if (c.Input(input).ScalarType == ScalarType.Float32) return c.In<float>(input);
        Casts.Run(c.In<byte>(input), c.Input(input).ScalarType, spare, ScalarType.Float32, c.Input(input).Elements);
        return (float*)spare;
    }
}
