using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>A categorical column for a network: how many codes it has (0 is unknown) and how wide its embedding is.</summary>
public sealed record CategoricalColumn(string Name, long Codes, long Width);

/// <summary>What a multilayer perceptron is made of.</summary>
public sealed record MlpOptions
{
    /// <summary>Numeric inputs, in one tensor <c>numbers: fp32[batch, Inputs]</c>; 0 for none.</summary>
    public long Inputs { get; init; } = 784;

    /// <summary>Widths of the hidden layers.</summary>
    public ImmutableArray<long> Hidden { get; init; } = [1024, 1024];

    public long Classes { get; init; } = 10;

    public double Dropout { get; init; }

    /// <summary>Each an int64 column of <c>categories: int64[batch, n]</c>.</summary>
    public ImmutableArray<CategoricalColumn> Categories { get; init; } = [];

    /// <summary>Per numeric input; empty leaves the inputs as they are.</summary>
    public ImmutableArray<float> Mean { get; init; } = [];

    public ImmutableArray<float> Deviation { get; init; } = [];
}

/// <summary>Fully connected layers with ReLU; categorical columns through embeddings of their own.</summary>
public static class Mlp
{
    public static Model Build(MlpOptions o)
    {
        var m = new ModelBuilder("mlp");
        var parts = new List<Value>();
        long width = o.Inputs;
        if (o.Inputs > 0)
        {
            Value x = m.Input("numbers", ElementType.Float32, "batch", o.Inputs);
            parts.Add(o.Mean.Length == 0 ? x : m.Standardize(x, new Shape(o.Inputs), o.Mean, o.Deviation, "standardize"));
        }
        if (o.Categories.Length > 0)
        {
            Value codes = m.Input("categories", ElementType.Int64, "batch", o.Categories.Length);
            for (int i = 0; i < o.Categories.Length; i++)
            {
                CategoricalColumn c = o.Categories[i];
                Value column = m.Add(new Gather { Axis = 1 }, codes, m.Constant(TensorData.Scalar((long)i), "column"));
                parts.Add(m.Embedding(column, c.Codes, c.Width, $"embedding.{i}"));
                width += c.Width;
            }
        }
        Value h = parts.Count == 1 ? parts[0] : m.Add(new Concat { Axis = 1 }, [.. parts]);
        for (int i = 0; i < o.Hidden.Length; i++)
        {
            h = m.Dropout(m.Relu(m.Linear(h, width, o.Hidden[i], $"hidden.{i}")), o.Dropout);
            width = o.Hidden[i];
        }
        return m.Build(m.AddNamed("logits", new Identity(), m.Linear(h, width, o.Classes, "head")));
    }
}
