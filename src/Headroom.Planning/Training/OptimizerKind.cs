namespace Headroom.Planning.Training;

/// <summary>A rule that updates weights, for what it keeps of each.</summary>
public enum OptimizerKind
{
    /// <summary>Two moments of four bytes.</summary>
    AdamW,

    /// <summary>Two moments of one byte, with a scale a block (arXiv:2110.02861).</summary>
    AdamW8Bit,

    /// <summary>No state.</summary>
    Sgd,

    /// <summary>One moment of four bytes.</summary>
    Momentum,

    /// <summary>Sums over rows and columns (arXiv:1804.04235).</summary>
    Adafactor,

    /// <summary>One moment of four bytes, made orthogonal at each step.</summary>
    Muon,
}
