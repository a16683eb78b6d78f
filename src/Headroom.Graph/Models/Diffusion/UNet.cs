using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a U-Net that finds the noise in pictures is made of.</summary>
public sealed record UNetOptions
{
    public long Channels { get; init; } = 3;

    public long Height { get; init; } = 32;

    public long Width { get; init; } = 32;

    /// <summary>Edge of the squares of pixels that are one place of the first level: 2 makes everything four times cheaper. Hoogeboom, Heek and Salimans, arXiv:2301.11093, section 3.2.</summary>
    public long Patch { get; init; } = 1;

    /// <summary>Feature maps of the first level.</summary>
    public long Features { get; init; } = 64;

    /// <summary>Feature maps of each level, in multiples of the first; each level but the first halves the picture.</summary>
    public ImmutableArray<long> Multipliers { get; init; } = [1, 2, 2];

    /// <summary>Residual blocks of a level, on the way down and as many on the way up.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>Heads of the attention between the places of the smallest level; 0 for none.</summary>
    public long Heads { get; init; } = 4;

    /// <summary>Channels that are normalised together.</summary>
    public long GroupSize { get; init; } = 8;

    /// <summary>Labels lie in [0, Classes], the last for "no class".</summary>
    public long Classes { get; init; } = 10;

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        OptionChecks.Positive("U-Net", (nameof(Channels), Channels), (nameof(Height), Height), (nameof(Width), Width), (nameof(Features), Features), (nameof(Blocks), Blocks), (nameof(GroupSize), GroupSize), (nameof(Classes), Classes), (nameof(Patch), Patch));
        if (Multipliers.IsDefaultOrEmpty) throw new GraphException("U-Net: there are no levels; give Multipliers, such as [1, 2, 2]");
        foreach (long multiplier in Multipliers) OptionChecks.Positive("U-Net", (nameof(Multipliers), multiplier));
        OptionChecks.Divides("U-Net", nameof(Patch), Patch, nameof(Height), Height);
        OptionChecks.Divides("U-Net", nameof(Patch), Patch, nameof(Width), Width);
        long shrink = 1L << (Multipliers.Length - 1);
        if (Height / Patch % shrink != 0 || Width / Patch % shrink != 0) throw new GraphException($"U-Net: pictures of {Height / Patch} x {Width / Patch} places can't be halved {Multipliers.Length - 1} times; give fewer levels");
        OptionChecks.Divides("U-Net", nameof(GroupSize), GroupSize, nameof(Features), Features);
        if (Heads > 0) OptionChecks.Divides("U-Net", nameof(Heads), Heads, "the last level's features", Features * Multipliers[^1]);
    }
}

/// <summary>A convolutional network that finds the noise in a picture: down through smaller and smaller levels, up again, with each level's features kept for the way up; step and class are added in every block.</summary>
/// <remarks>Ho et al., arXiv:2006.11239, appendix B, after Ronneberger et al., arXiv:1505.04597. A block's last layer begins with zeros, so that it begins as the identity.</remarks>
public static class UNet
{
    /// <summary>See <see cref="DenoiserInputs"/>.</summary>
    /// <exception cref="GraphException">The options don't fit each other.</exception>
    public static Model Denoiser(UNetOptions o)
    {
        o.Check();
        var m = new ModelBuilder("unet");
        Value x = m.Input(DenoiserInputs.Image.Name, ElementType.Float32, "batch", o.Channels, o.Height, o.Width);
        Value step = m.Input(DenoiserInputs.Timestep.Name, ElementType.Int64, "batch"), label = m.Input(DenoiserInputs.Label.Name, ElementType.Int64, "batch");
        long conditions = 4 * o.Features, width = o.Features;
        Value condition = DenoiserInputs.Condition(m, step, label, o.Features, conditions, o.Classes);
        long pixels = o.Channels * o.Patch * o.Patch;
        Value h = Conv(m, o.Patch == 1 ? x : m.Add(new SpaceToDepth { BlockSize = o.Patch }, x), pixels, width, "stem");
        var kept = new Stack<(Value Value, long Width)>();
        for (int level = 0; level < o.Multipliers.Length; level++)
        {
            for (int b = 0; b < o.Blocks; b++)
            {
                h = Block(m, h, condition, width, o.Features * o.Multipliers[level], conditions, o, $"down{level}.{b}");
                width = o.Features * o.Multipliers[level];
                kept.Push((h, width));
            }
            if (level < o.Multipliers.Length - 1) h = Conv(m, h, width, width, $"down{level}.shrink", stride: 2);
        }
        h = Block(m, h, condition, width, width, conditions, o, "middle.0");
        if (o.Heads > 0)
        {
            h = Attend(m, h, width, o, "middle.attention");
            h = Block(m, h, condition, width, width, conditions, o, "middle.1");
        }
        for (int level = o.Multipliers.Length - 1; level >= 0; level--)
        {
            for (int b = 0; b < o.Blocks; b++)
            {
                (Value before, long features) = kept.Pop();
                h = Block(m, m.Add(new Concat { Axis = 1 }, h, before), condition, width + features, o.Features * o.Multipliers[level], conditions, o, $"up{level}.{b}");
                width = o.Features * o.Multipliers[level];
            }
            if (level == 0) break;
            h = Conv(m, m.Add(new Resize { Nearest = NearestMode.Floor, Coordinates = CoordinateMode.Asymmetric }, h, Value.None, m.Constant(TensorData.Floats(new Shape(4), [1, 1, 2, 2]), "scales")), width, o.Features * o.Multipliers[level - 1], $"up{level}.grow");
            width = o.Features * o.Multipliers[level - 1];
        }
        h = m.Silu(Norm(m, h, width, o, "out.norm"));
        h = Conv(m, h, width, pixels, "out", initializer: Initializer.Zeros);
        return m.Build(m.AddNamed(DenoiserInputs.Prediction.Name, o.Patch == 1 ? new Identity() : new DepthToSpace { BlockSize = o.Patch }, h));
    }

    private static Value Block(ModelBuilder m, Value x, Value condition, long inputs, long outputs, long conditions, UNetOptions o, string name)
    {
        using IDisposable scope = m.Scope(name);
        Value h = Conv(m, m.Silu(Norm(m, x, inputs, o, "norm1")), inputs, outputs, "conv1");
        Value shift = m.Reshape(m.Dense(condition, conditions, outputs, "condition", Initializer.FanIn(conditions)), -1, outputs, 1, 1);
        // Behind the norm, which would take away what a group's channels have in common.
        h = m.Silu(m.Add(new Add(), Norm(m, h, outputs, o, "norm2"), shift));
        h = Conv(m, h, outputs, outputs, "conv2", initializer: Initializer.Zeros);
        return m.Add(new Add(), inputs == outputs ? x : m.Conv2D(x, inputs, outputs, 1, "shortcut", bias: true), h);
    }

    /// <summary>Attention between all places, in a residual branch.</summary>
    private static Value Attend(ModelBuilder m, Value x, long width, UNetOptions o, string name)
    {
        using IDisposable scope = m.Scope(name);
        long shrink = 1L << (o.Multipliers.Length - 1), height = o.Height / o.Patch / shrink, breadth = o.Width / o.Patch / shrink, places = height * breadth;
        Value rows = m.Reshape(m.Add(new Transpose { Permutation = [0, 2, 1] }, m.Reshape(Norm(m, x, width, o, "norm"), -1, width, places)), -1, width);
        Value y = m.Dense(m.SelfAttention(rows, Value.None, places, width, o.Heads, Initializer.FanIn(width)), width, width, "out", Initializer.Zeros);
        return m.Add(new Add(), x, m.Reshape(m.Add(new Transpose { Permutation = [0, 2, 1] }, m.Reshape(y, -1, places, width)), -1, width, height, breadth));
    }

    private static Value Norm(ModelBuilder m, Value x, long channels, UNetOptions o, string name)
    {
        using IDisposable scope = m.Scope(name);
        return m.Add(new GroupNormalization { Groups = channels / o.GroupSize }, x, m.Weight("weight", Initializer.Ones, channels), m.Weight("bias", Initializer.Zeros, channels));
    }

    private static Value Conv(ModelBuilder m, Value x, long inputs, long outputs, string name, long stride = 1, Initializer? initializer = null)
    {
        using IDisposable scope = m.Scope(name);
        var op = new Conv { KernelShape = [3, 3], Strides = [stride, stride], Pads = [1, 1, 1, 1] };
        return m.Add(op, x, m.Weight("weight", initializer ?? Initializer.FanIn(9 * inputs), outputs, inputs, 3, 3), m.Weight("bias", Initializer.Zeros, outputs));
    }
}
