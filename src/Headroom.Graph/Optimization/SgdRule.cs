using Headroom.Graph.Operators;

namespace Headroom.Graph.Optimization;

/// <summary>Stochastic gradient descent with momentum and coupled weight decay, as PyTorch defines them.</summary>
/// <remarks>Sutskever et al. 2013, with the velocity scaled as in PyTorch's documentation of SGD.</remarks>
public sealed record SgdRule : OptimizerRule
{
    public double Momentum { get; init; } = 0.9;

    public bool Nesterov { get; init; }

    public double WeightDecay { get; init; }

    public override string Name => "sgd";

    public override void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs)
    {
        var op = new Sgd { Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay };
        Value velocity = Moment(b, weight, "sgd.velocity");
        Value[] operands = [weight.Value, gradient, velocity, inputs.LearningRate, .. inputs.Scale.Exists ? new[] { inputs.Scale } : []];
        Update(b, op, weight, [velocity], operands);
    }
}
