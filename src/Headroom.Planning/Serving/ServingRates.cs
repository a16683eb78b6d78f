namespace Headroom.Planning.Serving;

/// <summary>What a family of accelerators reaches of its data sheet when it serves decoders.</summary>
/// <param name="MatrixShare">Of the dense peak, by large products, at most 1.</param>
/// <param name="BandwidthShare">Of the memory bandwidth, by kernels that stream weights or cache, at most 1.</param>
/// <param name="CollectiveSeconds">Of one collective among the accelerators of a node that moves next to nothing.</param>
public sealed record ServingRates(double MatrixShare, double BandwidthShare, double CollectiveSeconds);
