using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a diffusion transformer is made of; the defaults are about a small one for pictures of 32 x 32.</summary>
public sealed record DiTOptions
{
    public long Channels { get; init; } = 3;

    public long PictureHeight { get; init; } = 32;

    public long PictureWidth { get; init; } = 32;

    /// <summary>Edge of the squares that pictures are cut into, in pixels.</summary>
    public long Patch { get; init; } = 2;

    /// <summary>Of a patch's vector.</summary>
    public long Width { get; init; } = 192;

    public int Layers { get; init; } = 6;

    public long Heads { get; init; } = 6;

    /// <summary>Labels lie in [0, Classes], the last for "no class".</summary>
    public long Classes { get; init; } = 10;

    internal long Rows => PictureHeight / Patch;

    internal long Columns => PictureWidth / Patch;

    internal long Length => Rows * Columns;

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        OptionChecks.Positive("DiT", (nameof(Channels), Channels), (nameof(PictureHeight), PictureHeight), (nameof(PictureWidth), PictureWidth), (nameof(Patch), Patch), (nameof(Width), Width), (nameof(Layers), Layers), (nameof(Heads), Heads), (nameof(Classes), Classes));
        OptionChecks.Divides("DiT", nameof(Heads), Heads, nameof(Width), Width);
        OptionChecks.Divides("DiT", nameof(Patch), Patch, nameof(PictureHeight), PictureHeight);
        OptionChecks.Divides("DiT", nameof(Patch), Patch, nameof(PictureWidth), PictureWidth);
    }
}

/// <summary>A transformer over a picture's patches that finds the noise in it. Step and class scale and shift what each layer sees and weigh what it gives; the weights begin with zero, so that each layer begins as the identity (adaLN-Zero).</summary>
/// <remarks>Peebles and Xie, arXiv:2212.09748, section 3.2. Positions are learned.</remarks>
public static class DiT
{
    /// <summary>See <see cref="DenoiserInputs"/>.</summary>
    /// <exception cref="GraphException">The options don't fit each other.</exception>
    public static Model Denoiser(DiTOptions o)
    {
        o.Check();
        var m = new ModelBuilder("dit");
        Value x = m.Input(DenoiserInputs.Image.Name, ElementType.Float32, "batch", o.Channels, o.PictureHeight, o.PictureWidth);
        Value step = m.Input(DenoiserInputs.Timestep.Name, ElementType.Int64, "batch"), label = m.Input(DenoiserInputs.Label.Name, ElementType.Int64, "batch");
        Value condition = DenoiserInputs.Condition(m, step, label, 256, o.Width, o.Classes);
        Value grid = m.Conv2D(x, o.Channels, o.Width, o.Patch, "patches", o.Patch, padding: 0, bias: true); // [batch, width, rows, columns]
        Value tokens = m.Add(new Transpose { Permutation = [0, 2, 1] }, m.Reshape(grid, -1, o.Width, o.Length));
        Value h = m.Add(new Add(), tokens, m.Weight("positions", new Initializer.Normal(0, 0.02), 1, o.Length, o.Width)); // [batch, length, width]
        for (int i = 0; i < o.Layers; i++)
        {
            using IDisposable scope = m.Scope($"block{i}");
            Value[] c = Modulation(m, condition, 6, o);
            h = m.Add(new Add(), h, m.Add(new Mul(), Attend(m, Modulated(m, h, c[0], c[1], o), o), c[2]));
            h = m.Add(new Add(), h, m.Add(new Mul(), Perceptron(m, Modulated(m, h, c[3], c[4], o), o), c[5]));
        }
        Value[] last = Modulation(m, condition, 2, o);
        long square = o.Patch * o.Patch * o.Channels;
        Value pixels = m.Dense(m.Reshape(Modulated(m, h, last[0], last[1], o), -1, o.Width), o.Width, square, "out", Initializer.Zeros);
        // [batch, rows, columns, channels, y, x] → [batch, channels, rows, y, columns, x]
        Value turned = m.Add(new Transpose { Permutation = [0, 3, 1, 4, 2, 5] }, m.Reshape(pixels, -1, o.Rows, o.Columns, o.Channels, o.Patch, o.Patch));
        return m.Build(m.AddNamed(DenoiserInputs.Prediction.Name, new Reshape(), turned, m.Constant(TensorData.Longs(-1, o.Channels, o.PictureHeight, o.PictureWidth), "shape")));
    }

    /// <summary>So many vectors of the condition, each <c>[batch, 1, width]</c>.</summary>
    private static Value[] Modulation(ModelBuilder m, Value condition, int parts, DiTOptions o)
    {
        Value all = m.Reshape(m.Dense(condition, o.Width, parts * o.Width, "modulation", Initializer.Zeros), -1, 1, parts * o.Width);
        return [.. m.AddMany(new Split { Axis = 2 }, parts, all, m.Constant(TensorData.Longs([.. Enumerable.Repeat(o.Width, parts)]), "widths"))];
    }

    /// <summary>Normalised, scaled by 1 + <paramref name="scale"/> and shifted.</summary>
    private static Value Modulated(ModelBuilder m, Value x, Value shift, Value scale, DiTOptions o)
    {
        Value normal = m.Add(new LayerNormalization { Epsilon = 1e-6f }, x, m.Constant(TensorData.Floats(new Shape(o.Width), [.. Enumerable.Repeat(1f, (int)o.Width)]), "ones"));
        return m.Add(new Add(), m.Add(new Add(), normal, m.Add(new Mul(), normal, scale)), shift);
    }

    private static Value Attend(ModelBuilder m, Value x, DiTOptions o)
    {
        using IDisposable scope = m.Scope("attention");
        Initializer weights = Initializer.FanIn(o.Width);
        Value attended = m.SelfAttention(m.Reshape(x, -1, o.Width), Value.None, o.Length, o.Width, o.Heads, weights);
        return m.Reshape(m.Dense(attended, o.Width, o.Width, "out", weights), -1, o.Length, o.Width);
    }

    private static Value Perceptron(ModelBuilder m, Value x, DiTOptions o)
    {
        Value up = m.Gelu(m.Dense(m.Reshape(x, -1, o.Width), o.Width, 4 * o.Width, "up", Initializer.FanIn(o.Width)));
        return m.Reshape(m.Dense(up, 4 * o.Width, o.Width, "down", Initializer.FanIn(4 * o.Width)), -1, o.Length, o.Width);
    }
}
