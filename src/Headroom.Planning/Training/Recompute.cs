namespace Headroom.Planning.Training;

/// <summary>Which activations a backward pass makes again.</summary>
public enum Recompute
{
    /// <summary>All are kept.</summary>
    None,

    /// <summary>Attention's inner products (arXiv:2205.05198, section 5); with fused attention these are made again in any case.</summary>
    Selective,

    /// <summary>Each layer from its input.</summary>
    Full,
}
