namespace Headroom.Graph.HuggingFace;

/// <summary>How a layer mixes the tokens of a sequence.</summary>
public enum Mixer
{
    /// <summary>The layer is a feed-forward one only.</summary>
    None,

    /// <summary>Attention to all tokens.</summary>
    Full,

    /// <summary>Attention to the last <see cref="ModelConfig.Window"/> tokens, or to those of the same chunk of so many.</summary>
    Windowed,

    /// <summary>A Mamba-2 state space, whose state doesn't grow with the sequence.</summary>
    Mamba,
}

/// <summary>What a layer computes for each token alone.</summary>
[Flags]
public enum FeedForward
{
    None = 0,
    Dense = 1,

    /// <summary>A router and experts; with <see cref="Dense"/> a dense network beside them, as in Gemma 4.</summary>
    Experts = 2,
}

/// <summary>What a layer is made of.</summary>
public readonly record struct LayerKind(Mixer Mixer, FeedForward FeedForward)
{
    public override string ToString() => string.Join(" + ", new[] { Mixer.ToString(), FeedForward.ToString().Replace(", ", " + ", StringComparison.Ordinal) }.Where(part => part != "None"));
}
