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

    /// <summary>The rule for the weights of a model, where it treats them by what they are there for.</summary>
    public virtual OptimizerRule For(Model model) => this;

    /// <summary>Adds the states of one weight and its update.</summary>
    public abstract void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs);

    /// <summary>A state of a weight's own and type, zero at first.</summary>
    protected static Value Moment(TypedBuilder b, State weight, string kind) => Kept(b, weight, kind, weight.Type);

    /// <summary>A state of another type, zero at first.</summary>
    protected static Value Kept(TypedBuilder b, State weight, string kind, TensorType type)
        => b.State(new State(new Value($"{weight.Value}.{kind}"), type, StateKind.OptimizerState, Initializer.Zeros));

    /// <summary>Adds the node that replaces the weight (its output 0) and the states (those behind, in order).</summary>
    protected static void Update(TypedBuilder b, Operator op, State weight, ReadOnlySpan<Value> states, ReadOnlySpan<Value> operands)
    {
        var updated = b.Add(op, $"{weight.Value}.update", operands, 1 + states.Length);
        b.Update(weight.Value, updated[0]);
        for (int i = 0; i < states.Length; i++) b.Update(states[i], updated[i + 1]);
    }
}
