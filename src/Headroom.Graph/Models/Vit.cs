using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a vision transformer is made of; the defaults are ViT-B/16 for ImageNet, 86.6 million parameters.</summary>
public sealed record VitOptions
{
    public long Channels { get; init; } = 3;

    public long PictureHeight { get; init; } = 224;

    public long PictureWidth { get; init; } = 224;

    /// <summary>Edge of the squares that pictures are cut into, in pixels.</summary>
    public long Patch { get; init; } = 16;

    /// <summary>Of a patch's vector.</summary>
    public long Width { get; init; } = 768;

    public int Layers { get; init; } = 12;

    public long Heads { get; init; } = 12;

    /// <summary>Width of a block's perceptron.</summary>
    public long Hidden { get; init; } = 3072;

    public long Classes { get; init; } = 1000;

    /// <summary>Of the embeddings and of what is added to the stream, while training.</summary>
    public double Dropout { get; init; }

    public float NormEpsilon { get; init; } = 1e-12f;

    /// <summary>Standard deviation of all matrices' first values.</summary>
    public double Deviation { get; init; } = 0.02;

    /// <summary>Per channel; empty leaves the pixels as they are.</summary>
    public ImmutableArray<float> Mean { get; init; } = [];

    public ImmutableArray<float> Deviations { get; init; } = [];

    internal long Patches => PictureHeight / Patch * (PictureWidth / Patch);

    /// <summary>Patches and the class token.</summary>
    internal long Length => Patches + 1;

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        OptionChecks.Positive("ViT", (nameof(Channels), Channels), (nameof(PictureHeight), PictureHeight), (nameof(PictureWidth), PictureWidth), (nameof(Patch), Patch), (nameof(Width), Width),
            (nameof(Layers), Layers), (nameof(Heads), Heads), (nameof(Hidden), Hidden), (nameof(Classes), Classes));
        OptionChecks.Divides("ViT", nameof(Heads), Heads, nameof(Width), Width);
        OptionChecks.Divides("ViT", nameof(Patch), Patch, nameof(PictureHeight), PictureHeight);
        OptionChecks.Divides("ViT", nameof(Patch), Patch, nameof(PictureWidth), PictureWidth);
        OptionChecks.Probability("ViT", nameof(Dropout), Dropout);
        if (Mean.Length != Deviations.Length || (Mean.Length != 0 && Mean.Length != Channels))
            throw new GraphException($"ViT: {Mean.Length} means and {Deviations.Length} deviations are given; {Channels} of each are needed, one a channel, or none");
    }
}

/// <summary>Vision transformer: pictures are cut into patches, each a token; a class token beside them reads the class. Norms stand before the layers. Weights have Hugging Face's names and layout.</summary>
/// <remarks>Dosovitskiy et al., arXiv:2010.11929.</remarks>
public static class Vit
{
    /// <summary><c>image: fp32[batch, channels, height, width] → logits: fp32[batch, classes]</c>.</summary>
    /// <exception cref="GraphException">The options don't fit each other.</exception>
    public static Model Classifier(VitOptions o)
    {
        o.Check();
        var m = new ModelBuilder("vit");
        Value x = m.Input("image", ElementType.Float32, "batch", o.Channels, o.PictureHeight, o.PictureWidth);
        if (o.Mean.Length > 0) x = m.Standardize(x, new Shape(o.Channels, 1, 1), o.Mean, o.Deviations, "standardize");
        Value h = m.Reshape(m.Dropout(Embed(m, x, o), o.Dropout), -1, o.Width); // [batch · length, width]
        for (int i = 0; i < o.Layers; i++)
        {
            using IDisposable scope = m.Scope($"vit.encoder.layer.{i}");
            h = m.Add(new Add(), h, m.Dropout(Attend(m, m.LayerNorm(h, o.Width, "layernorm_before", o.NormEpsilon), o), o.Dropout));
            Value up = m.Gelu(m.Dense(m.LayerNorm(h, o.Width, "layernorm_after", o.NormEpsilon), o.Width, o.Hidden, "intermediate.dense", Matrices(o)));
            h = m.Add(new Add(), h, m.Dropout(m.Dense(up, o.Hidden, o.Width, "output.dense", Matrices(o)), o.Dropout));
        }
        // Only the class token is read, so only it is normalised.
        Value token = m.Add(new Gather { Axis = 1 }, m.Reshape(h, -1, o.Length, o.Width), m.Constant(TensorData.Scalar(0L), "class"));
        return m.Build(m.AddNamed("logits", new Identity(), m.Dense(m.LayerNorm(token, o.Width, "vit.layernorm", o.NormEpsilon), o.Width, o.Classes, "classifier", Matrices(o))));
    }

    private static Initializer Matrices(VitOptions o) => new Initializer.Normal(0, o.Deviation);

    private static Value Attend(ModelBuilder m, Value x, VitOptions o)
    {
        using IDisposable scope = m.Scope("attention");
        Value attended;
        using (m.Scope("attention")) attended = m.SelfAttention(x, Value.None, o.Length, o.Width, o.Heads, Matrices(o));
        return m.Dense(attended, o.Width, o.Width, "output.dense", Matrices(o));
    }

    /// <summary>The class token and the patches with their positions, <c>[batch, length, width]</c>.</summary>
    private static Value Embed(ModelBuilder m, Value x, VitOptions o)
    {
        using IDisposable scope = m.Scope("vit.embeddings");
        Value classToken = m.Weight("cls_token", Matrices(o), 1, 1, o.Width), positions = m.Weight("position_embeddings", Matrices(o), 1, o.Length, o.Width);
        Value grid = m.Conv2D(x, o.Channels, o.Width, o.Patch, "patch_embeddings.projection", o.Patch, padding: 0, bias: true); // [batch, width, rows, columns]
        Value patches = m.Add(new Transpose { Permutation = [0, 2, 1] }, m.Reshape(grid, 0, o.Width, o.Patches));
        // A place of zeros before the patches, where the class token is added to the first position: the batch, unknown here, needn't be written down.
        Value Padded(Value value, long before, long after) => m.Add(new Pad(), value, m.Constant(TensorData.Longs(0, before, 0, 0, after, 0), "pads"));
        return m.Add(new Add(), Padded(patches, 1, 0), m.Add(new Add(), positions, Padded(classToken, 0, o.Patches)));
    }
}
