using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph;

/// <summary>Layers: an operator or two with their weights, initialised as PyTorch does by default.</summary>
public static class Layers
{
    /// <summary><c>y = x · W + b</c> over the last axis: <c>[..., inputs] → [..., outputs]</c>; W is <c>[inputs, outputs]</c>.</summary>
    public static Value Linear(this ModelBuilder m, Value x, long inputs, long outputs, string name, bool bias = true, Initializer? weights = null)
    {
        using IDisposable scope = m.Scope(name);
        Value y = m.Add(new MatMul(), x, m.Weight("weight", weights ?? Initializer.FanIn(inputs), inputs, outputs));
        return bias ? m.Add(new Add(), y, m.Weight("bias", weights is null ? Initializer.FanIn(inputs) : Initializer.Zeros, outputs)) : y;
    }

    /// <summary>Rows of a table by index: int64 <c>[...] → [..., width]</c>.</summary>
    public static Value Embedding(this ModelBuilder m, Value indices, long rows, long width, string name, Initializer? weights = null)
    {
        using IDisposable scope = m.Scope(name);
        return m.Add(new Gather(), m.Weight("weight", weights ?? new Initializer.Normal(0, 1), rows, width), indices);
    }

    /// <summary>Normalises the last axis, of extent <paramref name="width"/>.</summary>
    public static Value LayerNorm(this ModelBuilder m, Value x, long width, string name, float epsilon = 1e-5f)
    {
        using IDisposable scope = m.Scope(name);
        return m.Add(new LayerNormalization { Epsilon = epsilon }, x, m.Weight("weight", Initializer.Ones, width), m.Weight("bias", Initializer.Zeros, width));
    }

    /// <summary>A square convolution, <c>[batch, inputs, h, w] → [batch, outputs, h', w']</c>, padded alike on all sides.</summary>
    public static Value Conv2D(this ModelBuilder m, Value x, long inputs, long outputs, long kernel, string name, long stride = 1, long? padding = null, bool bias = false)
    {
        using IDisposable scope = m.Scope(name);
        long pad = padding ?? kernel / 2, fanIn = inputs * kernel * kernel;
        var op = new Conv { KernelShape = [kernel, kernel], Strides = [stride, stride], Pads = [pad, pad, pad, pad] };
        Value w = m.Weight("weight", Initializer.FanIn(fanIn), outputs, inputs, kernel, kernel);
        return bias ? m.Add(op, x, w, m.Weight("bias", Initializer.FanIn(fanIn), outputs)) : m.Add(op, x, w);
    }

    /// <summary>Batch normalisation over all but the channel axis, with running statistics as state.</summary>
    public static Value BatchNorm(this ModelBuilder m, Value x, long channels, string name)
    {
        using IDisposable scope = m.Scope(name);
        return m.Add(
            new BatchNormalization(),
            x,
            m.Weight("weight", Initializer.Ones, channels),
            m.Weight("bias", Initializer.Zeros, channels),
            m.Statistic("running_mean", Initializer.Zeros, channels),
            m.Statistic("running_var", Initializer.Ones, channels));
    }

    public static Value Relu(this ModelBuilder m, Value x) => m.Add(new Relu(), x);

    public static Value Gelu(this ModelBuilder m, Value x) => m.Add(new Gelu(), x);

    /// <summary>Drops elements with the given probability while training; nothing in the exported model.</summary>
    public static Value Dropout(this ModelBuilder m, Value x, double probability)
        => probability <= 0 ? x : m.Add(new Dropout(), x, m.Constant(TensorData.Scalar((float)probability), "dropout.ratio"));

    /// <summary>The same elements in another shape; 0 keeps an axis, -1 takes what is left.</summary>
    public static Value Reshape(this ModelBuilder m, Value x, params ReadOnlySpan<long> dims) => m.Add(new Reshape(), x, m.Constant(TensorData.Longs(dims), "shape"));

    /// <summary>The places of one axis from one to before another.</summary>
    public static Value Slice(this ModelBuilder m, Value x, long axis, long from, long to)
        => m.Add(new Slice(), x, m.Constant(TensorData.Longs(from), "from"), m.Constant(TensorData.Longs(to), "to"), m.Constant(TensorData.Longs(axis), "axis"));

    /// <summary>The first rows of a table: all of it where it has no more.</summary>
    public static Value FirstRows(this ModelBuilder m, Value table, long rows, long of) => rows == of ? table : m.Slice(table, 0, 0, rows);

    /// <summary>The mean over axes, which vanish.</summary>
    public static Value Mean(this ModelBuilder m, Value x, params ReadOnlySpan<long> axes) => m.Add(new ReduceMean { KeepDims = false }, x, m.Constant(TensorData.Longs(axes), "axes"));

    /// <summary>Subtracts a mean and divides by a deviation, given per channel or column: raw inputs go in, so the exported file needs no preprocessing beside it.</summary>
    public static Value Standardize(this ModelBuilder m, Value x, Shape shape, ImmutableArray<float> mean, ImmutableArray<float> deviation, string name)
    {
        using IDisposable scope = m.Scope(name);
        Value centred = m.Add(new Sub(), x, m.Constant(TensorData.Floats(shape, mean.AsSpan()), "mean"));
        return m.Add(new Div(), centred, m.Constant(TensorData.Floats(shape, deviation.AsSpan()), "deviation"));
    }
}
