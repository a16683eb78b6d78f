using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Convolution;

/// <summary>By <c>aten::convolution</c>, transposed, which allocates its result. Padding that libtorch can't be told is cut off the whole result; what reaches beyond that is the bias alone.</summary>
internal sealed unsafe class ConvTransposeKernel : Kernel<ConvTranspose>
{
    private static readonly AtenOperator Convolution = new("aten::convolution");

    // convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups)
    protected override void Run(ConvTranspose op, KernelContext c)
    {
        SlidingWindow w = op.Window(c.Signature.Input(0), c.Signature.Input(1));
        var overlap = new Overlap(w);
        using OneDnn.Avoidance right = OneDnn.AvoidWhereWrong(c.Signature.Input(1).Shape[0] / op.Groups, c.Signature.Input(1).Shape[1], w.Strides);
        Tensor y = c.Call(Convolution).Tensor(c.Input(0)).Tensor(c.Input(1)).OptionalTensor(c.Optional(2))
            .ListInt(w.Strides).ListInt(overlap.Padding).ListInt(w.Dilations).Bool(true).ListInt(overlap.OutputPadding).Int(op.Groups).InvokeTensor();
        if (overlap.Direct)
        {
            c.Return(0, RowMajor.Of(y, c.Signature.Output(0).Shape));
            return;
        }
        using (y)
        {
            Tensor target = c.Output(0);
            if (overlap.Extends) Fill(c, target, w.Axes);
            if (overlap.Empty) return;
            using Tensor from = overlap.Cut(y), to = overlap.Head(target);
            to.CopyFrom(from, node: c.Node.Name);
        }
    }

    private static void Fill(KernelContext c, Tensor target, int axes)
    {
        if (c.Optional(2) is not Tensor bias)
        {
            target.Zero(c.Node.Name);
            return;
        }
        long[] shape = new long[axes + 1];
        Array.Fill(shape, 1);
        shape[0] = bias.Elements;
        using Tensor channels = bias.View(shape);
        target.CopyFrom(channels, node: c.Node.Name);
    }
}

internal sealed unsafe class ConvTransposeGradientKernel : Kernel<ConvTransposeGradient>
{
    private static readonly AtenOperator ConvolutionBackward = new("aten::convolution_backward");

    protected override long Workspace(ConvTransposeGradient op, Signature s)
    {
        var overlap = new Overlap(op.Forward.Window(s.Input(1), s.Input(2)));
        return overlap.Direct ? 0 : new TensorType(s.Input(0).Element, overlap.Whole(s.Input(0).Shape)).Bytes;
    }

    // convolution_backward(Tensor grad_output, Tensor input, Tensor weight, SymInt[]? bias_sizes, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool[3] output_mask)
    protected override void Run(ConvTransposeGradient op, KernelContext c)
    {
        SlidingWindow w = op.Forward.Window(c.Signature.Input(1), c.Signature.Input(2));
        var overlap = new Overlap(w);
        using Tensor dy = overlap.Direct ? c.Input(0).Share() : Padded(c, overlap);
        using OneDnn.Avoidance right = OneDnn.AvoidWhereWrong(c.Signature.Input(2).Shape[0] / op.Forward.Groups, c.Signature.Input(2).Shape[1], w.Strides);
        var call = c.Call(ConvolutionBackward);
        call.Tensor(dy).Tensor(c.Input(1)).Tensor(c.Input(2)).None()
            .ListInt(w.Strides).ListInt(overlap.Padding).ListInt(w.Dilations).Bool(true).ListInt(overlap.OutputPadding).Int(op.Forward.Groups)
            .ListBool(c.Wants(0), c.Wants(1), false).Invoke(3);
        for (int i = 0; i < 3; i++)
        {
            if (call.OptionalTensorAt(i) is not Tensor gradient) continue;
            if (c.Wants(i)) c.Return(i, RowMajor.Of(gradient, c.Signature.Output(i).Shape));
            else gradient.Dispose();
        }
    }

    // dy where the whole result stood, zeros where it was cut off.
    private static Tensor Padded(KernelContext c, Overlap overlap)
    {
        Tensor dy = c.Input(0), whole = Tensor.Wrap(c.Workspace, overlap.Whole(c.Signature.Input(0).Shape).Dims, dy.ScalarType, c.Device);
        whole.Zero(c.Node.Name);
        if (overlap.Empty) return whole;
        using Tensor from = overlap.Head(dy), to = overlap.Cut(whole);
        to.CopyFrom(from, node: c.Node.Name);
        return whole;
    }
}

/// <summary>What libtorch is told of a transposed convolution's padding, and where its result and ours overlap.</summary>
internal sealed class Overlap
{
    private readonly long[] _first, _length, _whole;

    public Overlap(SlidingWindow w)
    {
        int axes = w.Axes;
        (Padding, OutputPadding, _first, _length, _whole) = (new long[axes], new long[axes], new long[axes], new long[axes], new long[axes]);
        Direct = Enumerable.Range(0, axes).All(i => w.Before[i] - w.After[i] >= 0 && w.Before[i] - w.After[i] < Math.Max(w.Strides[i], w.Dilations[i]));
        for (int i = 0; i < axes; i++)
        {
            // libtorch takes the same padding off both ends, then adds to the end less than a step.
            if (Direct) (Padding[i], OutputPadding[i]) = (w.Before[i], w.Before[i] - w.After[i]);
            _whole[i] = Direct ? w.Input[i] : w.Input[i] + w.Before[i] + w.After[i];
            _first[i] = Direct ? 0 : w.Before[i];
            _length[i] = Math.Clamp(_whole[i] - _first[i], 0, w.Input[i]);
            Extends |= _length[i] < w.Input[i];
            Empty |= _length[i] == 0;
        }
    }

    public long[] Padding { get; }

    public long[] OutputPadding { get; }

    /// <summary>libtorch's result is ours.</summary>
    public bool Direct { get; }

    /// <summary>Ours reaches beyond libtorch's.</summary>
    public bool Extends { get; }

    /// <summary>They don't overlap.</summary>
    public bool Empty { get; }

    /// <summary>The shape of libtorch's result.</summary>
    public Shape Whole(Shape ours)
    {
        for (int i = 0; i < _whole.Length; i++) ours = ours.With(i + 2, _whole[i]);
        return ours;
    }

    /// <summary>The overlap as a window on libtorch's result.</summary>
    public Tensor Cut(Tensor whole)
    {
        long offset = whole.StorageOffset;
        for (int i = 0; i < _first.Length; i++) offset += _first[i] * whole.Strides[i + 2];
        return whole.View(Extents(whole), whole.Strides, offset);
    }

    /// <summary>The overlap as a window on our result.</summary>
    public Tensor Head(Tensor ours) => ours.View(Extents(ours), ours.Strides, ours.StorageOffset);

    private long[] Extents(Tensor tensor) => [tensor.Sizes[0], tensor.Sizes[1], .. _length];
}
