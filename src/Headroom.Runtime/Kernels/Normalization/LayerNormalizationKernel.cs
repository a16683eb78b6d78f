using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>fp32 and bf16 by our own kernel, in place; other types by libtorch's, which allocates.</summary>
internal sealed unsafe class LayerNormalizationKernel : Kernel<LayerNormalization>
{
    private static readonly AtenOperator Native = new("aten::native_layer_norm");

    protected override bool Returns(LayerNormalization op, Signature s, int output) => output == 0 && !Norms.IsOurs(s.Input(0));

    // A node that is run for its statistics alone writes y into the workspace.
    protected override long Workspace(LayerNormalization op, Signature s) => Norms.ParameterBytes(s, 1, 2) + (Norms.IsOurs(s.Input(0)) && !s.Wants(0) ? s.Input(0).Bytes : 0);

    protected override void Run(LayerNormalization op, KernelContext c)
    {
        if (Norms.IsOurs(c.Signature.Input(0))) Ours(op, c);
        else Theirs(op, c);
    }

    private static void Ours(LayerNormalization op, KernelContext c)
    {
        (long rows, long columns) = Norms.Matrix(c.Signature.Input(0).Shape, op.Axis);
        ScalarType type = c.Input(0).ScalarType;
        float* gamma = Norms.Parameter(c, 1, c.Workspace), beta = c.Has(2) ? Norms.Parameter(c, 2, c.Workspace + Norms.Room(columns)) : null;
        void* y = c.Wants(0) ? c.Out<byte>(0) : c.Workspace + Norms.ParameterBytes(c.Signature, 1, 2);
        LayerNorm.Forward(c.In<byte>(0), type, null, null, y, type, gamma, beta, c.Wants(1) ? c.Out<float>(1) : null, c.Wants(2) ? c.Out<float>(2) : null, rows, columns, op.Epsilon);
    }

    // native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)
    private static void Theirs(LayerNormalization op, KernelContext c)
    {
        var call = c.Call(Native);
        call.Tensor(c.Input(0)).ListInt(c.Signature.Input(1).Shape.Dims).OptionalTensor(c.Input(1)).OptionalTensor(c.Optional(2)).Double(op.Epsilon).Invoke(3);
        c.Return(0, RowMajor.Of(call.TensorAt(0), c.Signature.Input(0).Shape));
        for (int i = 1; i < 3; i++)
        {
            using Tensor statistic = call.TensorAt(i);
            if (c.Wants(i)) c.Output(i).CopyFrom(statistic);
        }
    }
}

internal sealed unsafe class LayerNormalizationGradientKernel : Kernel<LayerNormalizationGradient>
{
    private static readonly AtenOperator Backward = new("aten::native_layer_norm_backward");

    protected override bool Returns(LayerNormalizationGradient op, Signature s, int output) => !Norms.IsOurs(s.Input(1));

    // Ours writes all three whether they are wanted or not; what isn't goes into the workspace.
    protected override long Workspace(LayerNormalizationGradient op, Signature s)
        => Norms.IsOurs(s.Input(1)) ? 3 * Norms.Room(s.Input(4).Elements) + (s.Wants(0) ? 0 : s.Input(1).Bytes) : 0;

    protected override void Run(LayerNormalizationGradient op, KernelContext c)
    {
        if (Norms.IsOurs(c.Signature.Input(1))) Ours(op, c);
        else Theirs(c);
    }

    private static void Ours(LayerNormalizationGradient op, KernelContext c)
    {
        (long rows, long columns) = Norms.Matrix(c.Signature.Input(1).Shape, op.Axis);
        ScalarType type = c.Input(1).ScalarType;
        long room = Norms.Room(columns);
        float* gamma = Norms.Parameter(c, 4, c.Workspace), dgamma = Target(c, 1, c.Workspace + room), dbeta = Target(c, 2, c.Workspace + 2 * room);
        void* dx = c.Wants(0) ? c.Out<byte>(0) : c.Workspace + 3 * room;
        LayerNormGradient.Run(c.In<byte>(0), type, c.In<byte>(1), dx, type, null, gamma, c.In<float>(2), c.In<float>(3), dgamma, dbeta, null, rows, columns, accumulate: false);
        for (int i = 1; i < 3; i++)
            if (c.Wants(i) && c.Output(i).ScalarType != ScalarType.Float32) Casts.Run(i == 1 ? dgamma : dbeta, ScalarType.Float32, c.Out<byte>(i), c.Output(i).ScalarType, columns);
    }

    private static float* Target(KernelContext c, int output, byte* spare) => c.Wants(output) && c.Output(output).ScalarType == ScalarType.Float32 ? c.Out<float>(output) : (float*)spare;

    // native_layer_norm_backward(Tensor grad_out, Tensor input, SymInt[] normalized_shape, Tensor mean, Tensor rstd, Tensor? weight, Tensor? bias, bool[3] output_mask)
    private static void Theirs(KernelContext c)
    {
        using Tensor mean = Statistic(c, 2), inverse = Statistic(c, 3);
        var call = c.Call(Backward);
        call.Tensor(c.Input(0)).Tensor(c.Input(1)).ListInt(c.Signature.Input(4).Shape.Dims).Tensor(mean).Tensor(inverse)
            .OptionalTensor(c.Input(4)).OptionalTensor(c.Input(4)).ListBool(c.Wants(0), c.Wants(1), c.Wants(2)).Invoke(3);
        for (int i = 0; i < 3; i++)
        {
            if (call.OptionalTensorAt(i) is not Tensor gradient) continue;
            if (c.Wants(i)) c.Return(i, RowMajor.Of(gradient, c.Signature.Output(i).Shape));
            else gradient.Dispose();
        }
    }

    /// <summary>A statistic in the scale's type, as libtorch kept it.</summary>
    private static Tensor Statistic(KernelContext c, int input)
    {
        Tensor t = Tensor.Empty(c.Input(input).Sizes, c.Input(4).ScalarType, c.Device);
        t.CopyFrom(c.Input(input));
        return t;
    }
}

/// <summary>What both passes of layer normalization need.</summary>
internal static unsafe class Norms
{
    public static bool IsOurs(TensorType x) => x.Element is ElementType.Float32 or ElementType.BFloat16;

    /// <summary>Rows, and columns that are normalized.</summary>
    public static (long Rows, long Columns) Matrix(Shape x, long axis)
    {
        long columns = new Shape(x.Dims[x.Axis(axis)..]).Elements;
        return (x.Elements / columns, columns);
    }

    /// <summary>Bytes of a row of fp32, rounded up to whole cache lines.</summary>
    public static long Room(long columns) => (columns * sizeof(float) + 63) / 64 * 64;

    /// <summary>Room for fp32 copies of parameters that are stored in 16 bits.</summary>
    public static long ParameterBytes(Signature s, params ReadOnlySpan<int> inputs)
    {
        long bytes = 0;
        foreach (int i in inputs) if (s.Has(i) && IsOurs(s.Input(0)) && s.Input(i).Element != ElementType.Float32) bytes += Room(s.Input(i).Elements);
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
