namespace Headroom.Graph;

/// <summary>What a state tensor is kept for; the plan sums its bytes by this.</summary>
public enum StateKind
{
    Weight,

    /// <summary>Not trained by gradient but part of the model: batch norm's running mean and variance.</summary>
    Statistic,

    /// <summary>Optimizer moments.</summary>
    OptimizerState,

    /// <summary>Gradients summed over micro-batches.</summary>
    GradientSum,

    /// <summary>Keys and values of the tokens that a decoder has seen.</summary>
    Cache,
}

/// <summary>A tensor that outlives the step: an input of the step, and, where <see cref="Updated"/> exists, an output that overwrites the same buffer.</summary>
public sealed record State(Value Value, TensorType Type, StateKind Kind, Initializer Initializer)
{
    /// <summary>Whether training may change it by gradient.</summary>
    public bool Trainable { get; init; }

    /// <summary>The value that replaces it at the end of the step; <see cref="Value.None"/> when the step only reads it.</summary>
    public Value Updated { get; init; }
}
