using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a CIFAR-style residual network is made of.</summary>
public sealed record ResNetOptions
{
    public long Channels { get; init; } = 3;

    public long Height { get; init; } = 32;

    public long Width { get; init; } = 32;

    /// <summary>Channels of the stages; each but the first halves the picture.</summary>
    public ImmutableArray<long> Stages { get; init; } = [16, 32, 64];

    /// <summary>Basic blocks in a stage: 3 makes ResNet-20.</summary>
    public int Blocks { get; init; } = 3;

    public long Classes { get; init; } = 10;

    /// <summary>Per channel; empty leaves the pixels as they are.</summary>
    public ImmutableArray<float> Mean { get; init; } = [];

    public ImmutableArray<float> Deviation { get; init; } = [];
}

/// <summary>Residual network for small pictures: a 3x3 stem, stages of basic blocks with projection shortcuts, global mean, linear head.</summary>
/// <remarks>He et al., arXiv:1512.03385, section 4.2.</remarks>
public static class ResNet
{
    public static Model Build(ResNetOptions o)
    {
        var m = new ModelBuilder("resnet");
        Value x = m.Input("image", ElementType.Float32, "batch", o.Channels, o.Height, o.Width);
        if (o.Mean.Length > 0) x = m.Standardize(x, new Shape(o.Channels, 1, 1), o.Mean, o.Deviation, "standardize");
        long width = o.Stages[0];
        Value h = m.Relu(m.BatchNorm(m.Conv2D(x, o.Channels, width, 3, "stem.conv"), width, "stem.norm"));
        for (int s = 0; s < o.Stages.Length; s++)
        {
            for (int b = 0; b < o.Blocks; b++)
            {
                using IDisposable scope = m.Scope($"stage{s}.{b}");
                h = Block(m, h, width, o.Stages[s], stride: b == 0 && s > 0 ? 2 : 1);
                width = o.Stages[s];
            }
        }
        return m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Mean(h, 2, 3), width, o.Classes, "head")));
    }

    private static Value Block(ModelBuilder m, Value x, long inputs, long outputs, long stride)
    {
        Value h = m.Relu(m.BatchNorm(m.Conv2D(x, inputs, outputs, 3, "conv1", stride), outputs, "norm1"));
        h = m.BatchNorm(m.Conv2D(h, outputs, outputs, 3, "conv2"), outputs, "norm2");
        Value shortcut = stride == 1 && inputs == outputs ? x : m.BatchNorm(m.Conv2D(x, inputs, outputs, 1, "shortcut.conv", stride), outputs, "shortcut.norm");
        return m.Relu(m.Add(new Add(), h, shortcut));
    }
}
