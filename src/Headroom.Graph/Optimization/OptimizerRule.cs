namespace Headroom.Graph.Optimization;

/// <summary>The scalars that every update sees, as inputs of the step.</summary>
/// <param name="LearningRate">fp32 scalar.</param>
/// <param name="Step">int64 scalar, 1 for the first update.</param>
/// <param name="Scale">fp32 scalar that multiplies every gradient (clipping); <see cref="Value.None"/> for 1.</param>
public readonly record struct UpdateInputs(Value LearningRate, Value Step, Value Scale);

/// <summary>How a weight follows its gradient: the states it keeps and the node that updates all in place.</summary>
public abstract record OptimizerRule
{
    /// <summary>The name in documents: <c>adamw</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Adds the states of one weight and its update.</summary>
    public abstract void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs);

    /// <summary>A state of a weight's own, zero at first.</summary>
    protected static Value Moment(TypedBuilder b, State weight, string kind)
        => b.State(new State(new Value($"{weight.Value}.{kind}"), weight.Type, StateKind.OptimizerState, Initializer.Zeros));
}
