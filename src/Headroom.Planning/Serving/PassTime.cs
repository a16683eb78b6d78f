namespace Headroom.Planning.Serving;

/// <summary>Seconds of one pass of a decoder, by what they go to.</summary>
/// <param name="Products">Matrix products and the weights that they stream, which overlap in part.</param>
/// <param name="Cache">Keys and values read.</param>
/// <param name="Collectives">Sums over accelerators that share products.</param>
/// <param name="Overhead">Launches, gaps and small kernels of each layer, and the host's work for each token written.</param>
/// <param name="ComputeShare">Of the pass at the peak rate, the share that its FLOPs take: what the matrix units are busy.</param>
/// <param name="BandwidthShare">Of the memory bandwidth, the share that is used.</param>
public readonly record struct PassTime(double Products, double Cache, double Collectives, double Overhead, double ComputeShare, double BandwidthShare)
{
    /// <summary>The whole pass in seconds.</summary>
    public double Seconds => Products + Cache + Collectives + Overhead;
}
