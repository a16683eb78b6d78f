namespace Headroom.Planning.Training;

/// <summary>What a family of accelerators reaches of its data sheet when it trains transformers.</summary>
/// <param name="MatrixShare">Of the dense peak, by large products.</param>
/// <param name="HalfSize">Extent of a product at which, all else large, half of that is reached: tiles, waves, pipelines that fill.</param>
/// <param name="AttentionShare">Rate of fused attention over that of large products.</param>
/// <param name="BandwidthShare">Of the memory bandwidth, by kernels that stream.</param>
/// <param name="LinkShare">Of the links in a node, by large collectives.</param>
/// <param name="NetworkShare">Of the network between nodes, by large collectives.</param>
public sealed record TrainingRates(double MatrixShare, double HalfSize, double AttentionShare, double BandwidthShare, double LinkShare, double NetworkShare);
