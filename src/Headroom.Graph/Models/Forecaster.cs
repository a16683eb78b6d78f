using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a recurrent forecaster is made of.</summary>
public sealed record ForecasterOptions
{
    /// <summary>Steps that are looked back on.</summary>
    public long Window { get; init; } = 168;

    /// <summary>Steps that are forecast.</summary>
    public long Horizon { get; init; } = 24;

    /// <summary>Values of a step.</summary>
    public long Features { get; init; } = 1;

    /// <summary>Which of the values is forecast, from 0.</summary>
    public int Target { get; init; }

    public RecurrentCell Cell { get; init; } = RecurrentCell.Lstm;

    /// <summary>Units of a layer.</summary>
    public long Hidden { get; init; } = 64;

    public int Layers { get; init; } = 1;

    /// <summary>Between the layers and before the forecast, while training.</summary>
    public double Dropout { get; init; }

    /// <summary>Per feature; empty leaves the values as they are.</summary>
    public ImmutableArray<float> Mean { get; init; } = [];

    public ImmutableArray<float> Deviation { get; init; } = [];

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        const string family = "forecaster";
        OptionChecks.Positive(family, (nameof(Window), Window), (nameof(Horizon), Horizon), (nameof(Features), Features), (nameof(Hidden), Hidden), (nameof(Layers), Layers));
        OptionChecks.Probability(family, nameof(Dropout), Dropout);
        if (Target < 0 || Target >= Features) throw new GraphException($"{family}: Target is {Target}; the {Features} features go from 0 to {Features - 1}");
        if (Mean.Length != Deviation.Length || (Mean.Length != 0 && Mean.Length != Features))
            throw new GraphException($"{family}: {Mean.Length} means and {Deviation.Length} deviations are given; {Features} of each are needed, one a feature, or none");
    }
}

/// <summary>LSTM or GRU layers over a window of values, and all steps of the horizon at once from the last state.</summary>
/// <remarks>Hochreiter and Schmidhuber, 1997, doi:10.1162/neco.1997.9.8.1735; Cho et al., arXiv:1406.1078; all steps at once, the multi-output strategy: Ben Taieb et al., arXiv:1108.3259. Trained with <see cref="Objectives.Regression"/>.</remarks>
public static class Forecaster
{
    /// <summary><c>values: fp32[batch, window, features] → forecast: fp32[batch, horizon]</c>, both in the data's units.</summary>
    /// <exception cref="GraphException">The options don't fit.</exception>
    public static Model Build(ForecasterOptions o)
    {
        o.Check();
        var m = new ModelBuilder("forecaster");
        Value x = m.Input("values", ElementType.Float32, "batch", o.Window, o.Features);
        if (o.Mean.Length > 0) x = m.Standardize(x, new Shape(o.Features), o.Mean, o.Deviation, "standardize");
        Value steps = m.Add(new Transpose { Permutation = [1, 0, 2] }, x); // [window, batch, features]
        var stack = new RecurrentStack(o.Cell, o.Hidden, o.Layers, Bidirectional: false, o.Dropout);
        Value y = m.Linear(m.Dropout(stack.Last(m, steps, o.Features, Value.None), o.Dropout), stack.Width, o.Horizon, "head");
        if (o.Mean.Length > 0)
        {
            // Back to the data's units: what is exported needs no step after it.
            y = m.Add(new Mul(), y, m.Constant(TensorData.Scalar(o.Deviation[o.Target]), "deviation"));
            y = m.Add(new Add(), y, m.Constant(TensorData.Scalar(o.Mean[o.Target]), "mean"));
        }
        return m.Build(m.AddNamed("forecast", new Identity(), y));
    }
}
