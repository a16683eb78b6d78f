using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>By <see cref="RowNorm"/>; where input and scale differ in type, through copies in the wider one.</summary>
internal sealed unsafe class RMSNormalizationKernel : Kernel<RMSNormalization>
{
    protected override long Workspace(RMSNormalization op, Signature s)
    {
        (Shape shape, _) = Norms.Pattern(s, op.Axis, 1);
        return Lanes.Room(shape.Elements, Wide.Of(s.Input(0), s.Input(1))) + Wide.Bytes(s.Input(0), s.Input(1), copies: 2);
    }

    protected override void Run(RMSNormalization op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        if (x.Elements == 0) return;
        ElementType wide = Wide.Of(x, c.Signature.Input(1)), computed = Lanes.Computed(wide);
        (long rows, long columns) = Norms.Matrix(x.Shape, op.Axis);
        (Shape shape, long step) = Norms.Pattern(c.Signature, op.Axis, 1);
        byte* at = c.Workspace;
        void* y = Wide.Out(c, 0, wide, ref at);
        RowNorm.Forward(new RowNorm.Work
        {
            X = Wide.In(c, 0, wide, ref at), Y = (byte*)y, Scale = Parameters.In(c, 1, shape, computed, ref at), Step = step, Rows = rows, Columns = columns, Epsilon = op.Epsilon,
        }, wide);
        Parameters.Finish(c, 0, y, wide);
    }
}

internal sealed unsafe class RMSNormalizationGradientKernel : Kernel<RMSNormalizationGradient>
{
    protected override long Workspace(RMSNormalizationGradient op, Signature s)
    {
        ElementType wide = Wide.Of(s.Input(1), s.Input(2));
        return Parameters.Room(wide, s.Input(2).Elements, s.Input(2).Elements) + Wide.Bytes(s.Input(1), s.Input(2), copies: 3);
    }

    protected override void Run(RMSNormalizationGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        ElementType wide = Wide.Of(x, c.Signature.Input(2)), computed = Lanes.Computed(wide);
        (long rows, long columns) = Norms.Matrix(x.Shape, op.Axis);
        byte* at = c.Workspace;
        void* dx = c.Wants(0) ? Wide.Out(c, 0, wide, ref at) : null, dscale = Parameters.Out(c, 1, computed, ref at);
        RowNorm.Backward(new RowNorm.Work
        {
            Dy = Wide.In(c, 0, wide, ref at), X = Wide.In(c, 1, wide, ref at), Dx = (byte*)dx, Scale = Parameters.In(c, 2, c.Signature.Input(2).Shape, computed, ref at),
            ScaleGradient = dscale, Rows = rows, Columns = columns, Epsilon = op.Epsilon,
        }, wide);
        Parameters.Finish(c, 0, dx, wide);
        Parameters.Finish(c, 1, dscale, computed);
    }
}

/// <summary>Two operands of different types meet in one that holds both.</summary>
internal static unsafe class Wide
{
    public static ElementType Of(TensorType a, TensorType b)
        => a.Element == b.Element ? a.Element : a.Element == ElementType.Float64 || b.Element == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;

    /// <summary>Room for copies of the first operand in the wider type; none where the types are the same.</summary>
    public static long Bytes(TensorType a, TensorType b, int copies) => a.Element == b.Element ? 0 : copies * Lanes.Room(a.Elements, Of(a, b));

    public static byte* In(KernelContext c, int input, ElementType wide, ref byte* workspace)
    {
        TensorType type = c.Signature.Input(input);
        if (type.Element == wide || type.Elements == 0) return c.In<byte>(input);
        byte* at = workspace;
        workspace += Lanes.Room(type.Elements, wide);
        using Tensor copy = Tensor.Wrap(at, type.Shape.Dims, wide.ToScalarType(), c.Device);
        copy.CopyFrom(c.Input(input), node: c.Node.Name);
        return at;
    }

    public static void* Out(KernelContext c, int output, ElementType wide, ref byte* workspace)
    {
        TensorType type = c.Signature.Output(output);
        if (type.Element == wide) return c.Output(output).Data;
        byte* at = workspace;
        workspace += Lanes.Room(type.Elements, wide);
        return at;
    }
}
