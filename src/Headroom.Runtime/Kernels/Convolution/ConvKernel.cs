using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Convolution;

/// <summary>By <c>aten::convolution</c>, which allocates its result (its <c>.out</c> would copy from such a block). Padding that differs between an axis's ends is written out into the workspace first.</summary>
internal sealed class ConvKernel : Kernel<Conv>
{
    private static readonly AtenOperator Convolution = new("aten::convolution");

    protected override long Workspace(Conv op, Signature s) => Padding.Bytes(op.Window(s.Input(0), s.Input(1)), s.Input(0));

    // convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups)
    protected override void Run(Conv op, KernelContext c)
    {
        SlidingWindow w = op.Window(c.Signature.Input(0), c.Signature.Input(1));
        using Tensor? padded = Padding.Apply(w, c, 0);
        // Told by the output where the plan wants channels-last, the input goes along: libtorch looks at that.
        bool last = Image.IsChannelsLast(c.Output(0));
        using Image? image = last && padded is null ? Image.Read(c.Input(0)) : null;
        using OneDnn.Avoidance right = OneDnn.AvoidWhereWrong(c.Signature.Input(1).Shape[1], c.Signature.Input(1).Shape[0] / op.Groups, w.Strides);
        Tensor y = c.Call(Convolution).Tensor(padded ?? image?.Tensor ?? c.Input(0)).Tensor(c.Input(1)).OptionalTensor(c.Optional(2))
            .ListInt(w.Strides).ListInt(padded is null ? w.Before : new long[w.Axes]).ListInt(w.Dilations).Bool(false).ListInt(new long[w.Axes]).Int(op.Groups).InvokeTensor();
        c.Return(0, last ? y : RowMajor.Of(y, c.Signature.Output(0).Shape));
    }
}

internal sealed class ConvGradientKernel : Kernel<ConvGradient>
{
    private static readonly AtenOperator ConvolutionBackward = new("aten::convolution_backward");

    protected override long Workspace(ConvGradient op, Signature s) => s.Wants(1) || s.Wants(0) ? Padding.Bytes(op.Forward.Window(s.Input(1), s.Input(2)), s.Input(1)) : 0;

    // convolution_backward(Tensor grad_output, Tensor input, Tensor weight, SymInt[]? bias_sizes, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool[3] output_mask)
    protected override void Run(ConvGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1), weight = c.Signature.Input(2);
        SlidingWindow w = op.Forward.Window(x, weight);
        using Tensor? padded = c.Wants(0) || c.Wants(1) ? Padding.Apply(w, c, 1) : null;
        bool last = padded is null && Image.IsChannelsLast(c.Input(0));
        using Image? image = last ? Image.Read(c.Input(1)) : null;
        using OneDnn.Avoidance right = OneDnn.AvoidWhereWrong(weight.Shape[1], weight.Shape[0] / op.Forward.Groups, w.Strides);
        var call = c.Call(ConvolutionBackward);
        call.Tensor(c.Input(0)).Tensor(padded ?? image?.Tensor ?? c.Input(1)).Tensor(c.Input(2)).OptionalListInt(weight.Shape[0])
            .ListInt(w.Strides).ListInt(padded is null ? w.Before : new long[w.Axes]).ListInt(w.Dilations).Bool(false).ListInt(new long[w.Axes]).Int(op.Forward.Groups)
            .ListBool(c.Wants(0), c.Wants(1), c.Wants(2)).Invoke(3);
        for (int i = 0; i < 3; i++)
        {
            if (call.OptionalTensorAt(i) is not Tensor gradient) continue;
            if (!c.Wants(i))
            {
                gradient.Dispose();
                continue;
            }
            if (i == 0 && padded is not null) gradient = Padding.Cut(w, gradient, x.Shape);
            c.Return(i, i == 0 && c.Signature.Output(0).Rank == 4 ? gradient : RowMajor.Of(gradient, i == 0 ? x.Shape : i == 1 ? weight.Shape : new Shape(weight.Shape[0])));
        }
    }
}

/// <summary>Padding that libtorch can't be told: more at one end of an axis than at the other.</summary>
internal static unsafe class Padding
{
    public static long Bytes(SlidingWindow w, TensorType x) => w.Symmetric ? 0 : new TensorType(x.Element, Padded(w, x.Shape)).Bytes;

    /// <summary>The padded input in the workspace; null where libtorch pads itself.</summary>
    public static Tensor? Apply(SlidingWindow w, KernelContext c, int input)
    {
        if (w.Symmetric) return null;
        Tensor x = c.Input(input);
        Tensor padded = Tensor.Wrap(c.Workspace, Padded(w, new Shape(x.Sizes)).Dims, x.ScalarType, x.Device);
        padded.Zero();
        using Tensor inner = Inner(w, padded, new Shape(x.Sizes));
        inner.CopyFrom(x);
        return padded;
    }

    /// <summary>What lies inside the padding, as a window; the padded tensor's handle is disposed.</summary>
    public static Tensor Cut(SlidingWindow w, Tensor padded, Shape shape)
    {
        using (padded) return Inner(w, padded, shape);
    }

    private static Tensor Inner(SlidingWindow w, Tensor padded, Shape shape)
    {
        long offset = padded.StorageOffset;
        for (int i = 0; i < w.Axes; i++) offset += w.Before[i] * padded.Strides[i + 2];
        return padded.View(shape.Dims, padded.Strides, offset);
    }

    private static Shape Padded(SlidingWindow w, Shape shape)
    {
        for (int i = 0; i < w.Axes; i++) shape = shape.With(i + 2, checked(shape[i + 2] + w.Before[i] + w.After[i]));
        return shape;
    }
}
