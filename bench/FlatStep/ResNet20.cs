using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Bench.FlatStep;

/// <summary>The peers' <c>resnet20</c>: stem and three stages of three basic blocks (16, 32, 64 channels), batch norm, SGD with momentum. Channels-last throughout.</summary>
/// <remarks>
/// libtorch allocates what convolutions return; everything else is the arena's. A batch norm's input becomes its own gradient in the backward pass, so a convolution's output is the only
/// buffer of its size that lives from forward to backward beside the activation.
/// </remarks>
internal sealed unsafe class ResNet20 : IWorkload
{
    const int Size = 32, Classes = 10;
    static readonly AtenOperator Convolution = new("aten::convolution"), ConvolutionBackward = new("aten::convolution_backward");

    readonly ScalarType type;
    readonly long batch;
    readonly Shims shims = Shims.For(Device.Cpu);
    readonly Unit stem;
    readonly Block[] blocks;
    readonly Parameter head, headBias;
    readonly Buffer images;
    readonly long[] targets;
    readonly float[] losses;

    /// <summary>A convolution and its batch norm.</summary>
    sealed class Unit
    {
        public required Parameter Weight, Gamma, Beta;
        public required Tensor Kernel;
        public required Buffer RunningMean, RunningVariance;
        public required long Outputs, Stride, Padding, Positions;

        // Alive between forward and backward.
        public Tensor? Convolved;
        public Buffer? Statistics;
    }

    sealed record Block(Unit First, Unit Second, Unit? Down)
    {
        public Image? Input, Middle;
    }

    /// <summary>An activation in the arena, with a channels-last handle.</summary>
    sealed class Image : IDisposable
    {
        public Image(ScalarType type, long batch, long channels, long height)
        {
            Memory = new Buffer(type, batch * height * height * channels);
            Tensor = LastChannels(Memory.Data, type, batch, channels, height);
        }

        public Buffer Memory { get; }

        public Tensor Tensor { get; }

        public void* Data => Memory.Data;

        public void Dispose()
        {
            Tensor.Dispose();
            Memory.Dispose();
        }
    }

    public ResNet20(ScalarType type, int batch)
    {
        this.type = type;
        this.batch = batch;
        var init = new Init(1);
        stem = NewUnit(init, 3, 16, 3, 1, Size);
        var list = new List<Block>();
        int channels = 16, height = Size;
        foreach (int width in new[] { 16, 32, 64 })
            for (int i = 0; i < 3; i++)
            {
                int stride = i == 0 && width != 16 ? 2 : 1;
                height /= stride;
                list.Add(new Block(NewUnit(init, channels, width, 3, stride, height), NewUnit(init, width, width, 3, 1, height), stride == 1 ? null : NewUnit(init, channels, width, 1, stride, height)));
                channels = width;
            }
        blocks = [.. list];
        head = new Parameter(type, 1, init.Fan(64), Classes, 64);
        headBias = new Parameter(type, 1, init.Fan(64), Classes);
        images = new Buffer(ScalarType.Float32, batch * Size * Size * 3);
        for (long i = 0; i < images.Elements; i++) images.Floats[i] = init.Normal();
        targets = GC.AllocateArray<long>(batch, pinned: true);
        losses = GC.AllocateArray<float>(batch, pinned: true);
        for (int i = 0; i < batch; i++) targets[i] = init.Below(Classes);
    }

    Unit NewUnit(Init init, int inputs, int outputs, int kernel, int stride, int height)
    {
        var weight = new Parameter(type, 1, init.Fan(inputs * kernel * kernel), outputs, kernel, kernel, inputs);
        var unit = new Unit
        {
            Weight = weight,
            Kernel = weight.Weight.View([outputs, inputs, kernel, kernel], [kernel * kernel * inputs, 1, kernel * inputs, inputs]),
            Gamma = new Parameter(ScalarType.Float32, 1, Init.One, outputs),
            Beta = new Parameter(ScalarType.Float32, 1, Init.Zero, outputs),
            RunningMean = new Buffer(ScalarType.Float32, outputs),
            RunningVariance = new Buffer(ScalarType.Float32, outputs),
            Outputs = outputs, Stride = stride, Padding = kernel / 2, Positions = height,
        };
        unit.RunningMean.Tensor.Zero();
        shims.Fill(unit.RunningVariance.Tensor, 1);
        return unit;
    }

    static Tensor LastChannels(void* data, ScalarType type, long batch, long channels, long height)
        => Tensor.Wrap(data, [batch, channels, height, height], [channels * height * height, 1, height * channels, channels], type, Device.Cpu);

    public double Step()
    {
        Profile.Mark("between steps");
        Image input = new(type, batch, 3, Size);
        Casts.Run(images.Data, ScalarType.Float32, input.Data, type, images.Elements);
        Profile.Mark("cast");
        Image x = Forward(stem, input, null, relu: true);
        foreach (Block block in blocks)
        {
            block.Input = x;
            block.Middle = Forward(block.First, x, null, relu: true);
            Image? shortcut = block.Down is null ? null : Forward(block.Down, x, null, relu: false);
            x = Forward(block.Second, block.Middle, shortcut ?? x, relu: true, over: shortcut);
        }
        Image top = Head(x);
        void* dx = top.Data;
        IDisposable owner = top;
        Tensor? other = null;
        for (int i = blocks.Length - 1; i >= 0; i--)
        {
            Block block = blocks[i];
            // dx, and what the block above sent down its shortcut, become this block's masked gradient, which its own shortcut passes on.
            Tensor main = Backward(block.Second, block.Middle!, x, dx, other);
            other?.Dispose();
            Tensor below = Backward(block.First, block.Input!, block.Middle, main.Data, null);
            main.Dispose();
            block.Middle!.Dispose();
            x.Dispose();
            x = block.Input!;
            if (block.Down is null)
            {
                other = below;
                continue;
            }
            Tensor shortcut = Backward(block.Down, block.Input!, null, dx, null);
            owner.Dispose();
            dx = below.Data;
            owner = below;
            other = shortcut;
        }
        Backward(stem, input, x, dx, other, inputGradient: false);
        other?.Dispose();
        owner.Dispose();
        x.Dispose();
        input.Dispose();
        double sum = 0;
        foreach (float loss in losses) sum += loss;
        return sum / batch;
    }

    Image Forward(Unit unit, Image x, Image? residual, bool relu, Image? over = null)
    {
        var call = new Dispatcher(Convolution);
        call.Tensor(x.Tensor).Tensor(unit.Kernel).None().ListInt(unit.Stride, unit.Stride).ListInt(unit.Padding, unit.Padding).ListInt(1, 1).Bool(false).ListInt(0, 0).Int(1);
        unit.Convolved = call.InvokeTensor();
        Profile.Mark("convolution " + unit.Outputs);
        unit.Statistics = new Buffer(ScalarType.Float32, 2, unit.Outputs);
        Image y = over ?? new Image(type, batch, unit.Outputs, unit.Positions);
        BatchNorm.Forward(unit.Convolved.Data, residual is null ? null : residual.Data, y.Data, type, unit.Gamma.Master, unit.Beta.Master, unit.Statistics.Floats, unit.Statistics.Floats + unit.Outputs,
            unit.RunningMean.Floats, unit.RunningVariance.Floats, batch * unit.Positions * unit.Positions, unit.Outputs, relu);
        Profile.Mark("batch norm " + unit.Outputs);
        return y;
    }

    // dy is masked in place; the convolution's output becomes its gradient. Returns the gradient of x.
    Tensor Backward(Unit unit, Image x, Image? y, void* dy, Tensor? other, bool inputGradient = true)
    {
        long rows = batch * unit.Positions * unit.Positions;
        using Tensor convolved = unit.Convolved!;
        void* data = convolved.Data;
        using (Buffer sums = new(ScalarType.Float32, 2, unit.Outputs))
        {
            BatchNormGradient.Run(data, y is null ? null : y.Data, dy, data, type, unit.Gamma.Master, unit.Statistics!.Floats, unit.Statistics.Floats + unit.Outputs,
                sums.Floats, sums.Floats + unit.Outputs, rows, unit.Outputs, other is null ? null : other.Data, y is null ? null : dy);
            Profile.Mark("batch norm gradient " + unit.Outputs);
            Update(unit.Gamma, sums.Data, ScalarType.Float32);
            Update(unit.Beta, sums.Floats + unit.Outputs, ScalarType.Float32);
        }
        unit.Statistics.Dispose();
        var call = new Dispatcher(ConvolutionBackward);
        call.Tensor(convolved).Tensor(x.Tensor).Tensor(unit.Kernel).None().ListInt(unit.Stride, unit.Stride).ListInt(unit.Padding, unit.Padding).ListInt(1, 1).Bool(false).ListInt(0, 0).Int(1)
            .ListBool(inputGradient, true, false);
        call.Invoke(3);
        Profile.Mark("convolution gradient " + unit.Outputs);
        using Tensor gradient = call.TensorAt(1);
        if (gradient.Strides[1] != 1) throw new InvalidOperationException("the weight's gradient is not channels-last");
        Update(unit.Weight, gradient.Data, type);
        call.Drop(2);
        Profile.Mark("SGD");
        if (inputGradient) return call.TensorAt(0);
        call.Drop(0);
        return null!;
    }

    static void Update(Parameter parameter, void* gradient, ScalarType type) => parameter.Sgd(gradient, type, 0.1, 0.9, 5e-4);

    // Mean over positions, linear layer, loss, and back.
    Image Head(Image x)
    {
        using Buffer features = new(type, batch, 64), logits = new(type, batch, Classes), gradient = new(type, Classes, 64), bias = new(ScalarType.Float32, Classes), below = new(type, batch, 64);
        SpatialMean.Forward(x.Data, features.Data, type, batch, 64, 64);
        shims.AddmmOut(logits.Tensor, headBias.Weight, features.Tensor, head.Transposed);
        fixed (long* labels = targets)
        fixed (float* rowLosses = losses)
            CrossEntropy.ForwardBackward(logits.Data, type, labels, rowLosses, batch, Classes, 1f / batch);
        shims.MmOut(below.Tensor, logits.Tensor, head.Weight);
        using (Tensor transposed = logits.Tensor.Transposed()) shims.MmOut(gradient.Tensor, transposed, features.Tensor);
        ColumnSums.Run(logits.Data, type, bias.Floats, batch, Classes);
        Update(head, gradient.Data, type);
        Update(headBias, bias.Data, ScalarType.Float32);
        Image dx = new(type, batch, 64, 8);
        SpatialMean.Backward(below.Data, dx.Data, type, batch, 64, 64);
        Profile.Mark("head and loss");
        return dx;
    }
}
