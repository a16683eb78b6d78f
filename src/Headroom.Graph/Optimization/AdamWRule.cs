using Headroom.Graph.Operators;

namespace Headroom.Graph.Optimization;

/// <summary>AdamW: decoupled weight decay.</summary>
/// <remarks>Loshchilov and Hutter, arXiv:1711.05101, algorithm 2.</remarks>
public sealed record AdamWRule : OptimizerRule
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Whether vectors (biases, norms) decay too, as PyTorch's default does.</summary>
    public bool DecayVectors { get; init; } = true;

    public override string Name => "adamw";

    public override void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs)
    {
        var op = new AdamW
        {
            Beta1 = Beta1,
            Beta2 = Beta2,
            Epsilon = Epsilon,
            WeightDecay = DecayVectors || weight.Type.Rank > 1 ? WeightDecay : 0,
        };
        Value first = Moment(b, weight, "adam.m"), second = Moment(b, weight, "adam.v");
        Value[] operands = [weight.Value, gradient, first, second, inputs.LearningRate, inputs.Step, .. inputs.Scale.Exists ? new[] { inputs.Scale } : []];
        Update(b, op, weight, [first, second], operands);
    }
}
