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

    /// <summary>The forecast is the target a season of this many steps before and what the network adds to that; 0: the network tells all of it.</summary>
    public int Season { get; init; }

    /// <summary>Units of a layer.</summary>
    public long Hidden { get; init; } = 64;

    public int Layers { get; init; } = 1;

    /// <summary>Between the layers and before the forecast, while training.</summary>
    public double Dropout { get; init; }

    /// <summary>Series that one model forecasts, each on a scale of its own; with more than one the graph takes their number too.</summary>
    public int Series { get; init; } = 1;

    /// <summary><c>[series, features]</c>; empty leaves the values as they are.</summary>
    public ImmutableArray<float> Mean { get; init; } = [];

    public ImmutableArray<float> Deviation { get; init; } = [];

    /// <summary>Leaves the forecast in deviations from the mean, on which errors of large and small series count alike: so it is trained.</summary>
    public bool Standardized { get; init; }

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        const string family = "forecaster";
        OptionChecks.Positive(family, (nameof(Window), Window), (nameof(Horizon), Horizon), (nameof(Features), Features), (nameof(Hidden), Hidden), (nameof(Layers), Layers), (nameof(Series), Series));
        OptionChecks.Probability(family, nameof(Dropout), Dropout);
        if (Target < 0 || Target >= Features) throw new GraphException($"{family}: Target is {Target}; the {Features} features go from 0 to {Features - 1}");
        if (Season < 0 || Season > Window) throw new GraphException($"{family}: a season of {Season} steps doesn't lie in a window of {Window}");
        if (Mean.Length != Deviation.Length || (Mean.Length != 0 && Mean.Length != Series * Features))
            throw new GraphException($"{family}: {Mean.Length} means and {Deviation.Length} deviations are given; {Series * Features} of each are needed, one a feature{(Series > 1 ? " of each series" : "")}, or none");
    }
}

/// <summary>LSTM or GRU layers over a window of values, and all steps of the horizon at once from the last state.</summary>
/// <remarks>Hochreiter and Schmidhuber, 1997, doi:10.1162/neco.1997.9.8.1735; Cho et al., arXiv:1406.1078; all steps at once, the multi-output strategy: Ben Taieb et al., arXiv:1108.3259. Trained with <see cref="Objectives.Regression"/>.</remarks>
public static class Forecaster
{
    /// <summary><c>values: fp32[batch, window, features] → forecast: fp32[batch, horizon]</c>, both in the data's units; with several series, <c>series: int64[batch]</c> beside the values.</summary>
    /// <exception cref="GraphException">The options don't fit.</exception>
    public static Model Build(ForecasterOptions o)
    {
        o.Check();
        var m = new ModelBuilder("forecaster");
        Value x = m.Input("values", ElementType.Float32, "batch", o.Window, o.Features);
        Value series = o.Series > 1 ? m.Input("series", ElementType.Int64, "batch") : Value.None;
        if (o.Mean.Length > 0) x = Standardized(m, x, series, o);
        Value steps = m.Add(new Transpose { Permutation = [1, 0, 2] }, x); // [window, batch, features]
        var stack = new RecurrentStack(o.Cell, o.Hidden, o.Layers, Bidirectional: false, o.Dropout);
        Value y = m.Linear(m.Dropout(stack.Last(m, steps, o.Features, Value.None), o.Dropout), stack.Width, o.Horizon, "head");
        if (o.Season > 0) y = m.Add(new Add(), y, SeasonBefore(m, x, o));
        // Back to the data's units: what is exported needs no step after it.
        if (o.Mean.Length > 0 && !o.Standardized) y = InUnits(m, y, series, o);
        return m.Build(m.AddNamed("forecast", new Identity(), y));
    }

    /// <summary>What a seasonal naive forecast says, <c>[batch, horizon]</c>: the last season of the window, again and again.</summary>
    private static Value SeasonBefore(ModelBuilder m, Value x, ForecasterOptions o)
    {
        using IDisposable scope = m.Scope("season");
        Value target = m.Add(new Gather { Axis = 2 }, x, m.Constant(TensorData.Scalar((long)o.Target), "target")); // [batch, window]
        long[] steps = [.. Enumerable.Range(0, (int)o.Horizon).Select(h => o.Window - o.Season + (h % o.Season))];
        return m.Add(new Gather { Axis = 1 }, target, m.Constant(TensorData.Longs(steps), "steps"));
    }

    private static Value Standardized(ModelBuilder m, Value x, Value series, ForecasterOptions o)
    {
        if (!series.Exists) return m.Standardize(x, new Shape(o.Features), o.Mean, o.Deviation, "standardize");
        using IDisposable scope = m.Scope("standardize");
        var shape = new Shape(o.Series, 1, o.Features);
        Value Own(ImmutableArray<float> table, string name) => m.Add(new Gather { Axis = 0 }, m.Constant(TensorData.Floats(shape, table.AsSpan()), name), series); // [batch, 1, features]
        return m.Add(new Div(), m.Add(new Sub(), x, Own(o.Mean, "mean")), Own(o.Deviation, "deviation"));
    }

    private static Value InUnits(ModelBuilder m, Value y, Value series, ForecasterOptions o)
    {
        Value Own(ImmutableArray<float> table, string name)
        {
            if (!series.Exists) return m.Constant(TensorData.Scalar(table[o.Target]), name);
            float[] targets = [.. Enumerable.Range(0, o.Series).Select(s => table[(int)(s * o.Features) + o.Target])];
            return m.Add(new Gather { Axis = 0 }, m.Constant(TensorData.Floats(new Shape(o.Series, 1), targets), name), series); // [batch, 1]
        }
        return m.Add(new Add(), m.Add(new Mul(), y, Own(o.Deviation, "deviation")), Own(o.Mean, "mean"));
    }
}
