using Headroom.Graph.Operators;

namespace Headroom.Graph.Optimization;

/// <summary>Another rule, with a moving average kept beside each weight: what is validated and handed out in the weights' place.</summary>
/// <param name="Inner">Updates the weights.</param>
/// <param name="Decay">See <see cref="MovingAverage"/>.</param>
public sealed record AveragedRule(OptimizerRule Inner, double Decay) : OptimizerRule
{
    /// <summary>Behind a weight's name, that of its average.</summary>
    public const string Suffix = ".ema";

    public override string Name => Inner.Name;

    public override OptimizerRule For(Model model) => this with { Inner = Inner.For(model) };

    public override void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs)
    {
        Inner.Apply(b, weight, gradient, inputs);
        Value average = Moment(b, weight, Suffix[1..]);
        b.Update(average, b.Add(new MovingAverage { Decay = Decay }, average, b.Updated(weight.Value), inputs.Step));
    }
}
