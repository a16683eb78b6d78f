namespace Headroom.Graph.HuggingFace;

/// <summary>A Mamba-2 layer.</summary>
/// <param name="Heads">Heads.</param>
/// <param name="HeadDim">Channels of a head.</param>
/// <param name="StateSize">State elements a channel.</param>
/// <param name="Groups">Groups of heads that share their input and output maps B and C.</param>
/// <param name="Kernel">Taps of the causal convolution before it.</param>
/// <param name="ConvolutionBias">Whether that has a bias.</param>
/// <param name="ProjectionBias">Whether the projections in and out have one.</param>
/// <remarks>Dao and Gu, arXiv:2405.21060.</remarks>
public sealed record MambaConfig(int Heads, int HeadDim, int StateSize, int Groups, int Kernel, bool ConvolutionBias, bool ProjectionBias)
{
    /// <summary>Channels of all heads.</summary>
    public long Inner => (long)Heads * HeadDim;

    /// <summary>Channels that pass the convolution: the inner ones, B and C.</summary>
    public long Convolved => Inner + (2L * Groups * StateSize);
}
