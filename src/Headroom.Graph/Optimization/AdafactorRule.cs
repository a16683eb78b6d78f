using Headroom.Graph.Operators;

namespace Headroom.Graph.Optimization;

/// <summary>Adafactor: no first moment, and of a matrix's second one number a row and one a column, so that there is next to no state.</summary>
/// <remarks>Shazeer and Stern, arXiv:1804.04235; see <see cref="Adafactor"/>.</remarks>
public sealed record AdafactorRule : OptimizerRule
{
    public double ClipUpdate { get; init; } = 1;

    public double WeightDecay { get; init; }

    /// <summary>Whether vectors (biases, norms) decay too.</summary>
    public bool DecayVectors { get; init; } = true;

    public override string Name => "adafactor";

    public override void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs)
    {
        bool factors = Adafactor.Factors(weight.Type);
        var op = new Adafactor { ClipUpdate = ClipUpdate, WeightDecay = DecayVectors || factors ? WeightDecay : 0 };
        Value rows = Kept(b, weight, factors ? "adafactor.rows" : "adafactor.v", Adafactor.Rows(weight.Type));
        Value columns = factors ? Kept(b, weight, "adafactor.columns", Adafactor.Columns(weight.Type)) : Value.None;
        Update(b, op, weight, factors ? [rows, columns] : [rows], [weight.Value, gradient, rows, columns, inputs.LearningRate, inputs.Step, .. inputs.Scale.Exists ? new[] { inputs.Scale } : []]);
    }
}
