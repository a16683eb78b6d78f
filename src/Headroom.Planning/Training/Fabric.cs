using Headroom.Devices.Catalogue;

namespace Headroom.Planning.Training;

/// <summary>The links between accelerators: how long collectives take over groups that lie side by side, with gaps, inside a node or across.</summary>
/// <param name="link">Bytes a second one way, of one accelerator to the others of its node.</param>
/// <param name="network">Bytes a second one way, of one accelerator to other nodes.</param>
/// <param name="nodeSize">Accelerators that the links join.</param>
/// <remarks>Rings: <c>(n - 1) / n</c> of the bytes pass each accelerator for a gather or a scatter, twice that for a sum. Across nodes each accelerator moves, by its own share of the network, the part that it holds after the sum in its node.</remarks>
internal sealed class Fabric(double link, double network, int nodeSize)
{
    // Where no source gives a link: PCIe 4.0 x16, 32 GB/s less its framing; where none gives a network: 100 Gbit/s a node.
    private const double PciExpress = 25e9, Ethernet = 12.5e9, LinkLatency = 6e-6, NetworkLatency = 15e-6;

    /// <summary>Of an accelerator, at what its family reaches.</summary>
    public static Fabric Of(Accelerator device, TrainingRates rates)
    {
        int node = Math.Max(1, device.NodeSize ?? 8);
        return new((device.Link ?? PciExpress) * rates.LinkShare, (device.Network ?? (device.Link is null ? Ethernet / node : Math.Min(device.Link.Value, Ethernet))) * rates.NetworkShare, node);
    }

    /// <summary>Accelerators that the links join.</summary>
    public int NodeSize => nodeSize;

    /// <summary>Seconds to gather or to scatter-and-sum so many bytes, whole, over a group.</summary>
    /// <param name="bytes">Of the whole.</param>
    /// <param name="group">Accelerators of the group.</param>
    /// <param name="gap">From one member to the next: 1 where they lie side by side.</param>
    public double Gather(double bytes, int group, int gap = 1)
    {
        if (group <= 1 || bytes <= 0) return 0;
        int inside = Math.Clamp(nodeSize / gap, 1, group), nodes = (group + inside - 1) / inside;
        double seconds = 0;
        if (inside > 1) seconds += ((inside - 1.0) / inside * bytes / link) + (LinkLatency * Math.Log2(inside));
        if (nodes > 1) seconds += ((nodes - 1.0) / nodes * bytes / inside / network) + (NetworkLatency * Math.Log2(nodes));
        return seconds;
    }

    /// <summary>Seconds to sum so many bytes over a group, all getting the sum.</summary>
    /// <param name="bytes">Of the whole.</param>
    /// <param name="group">Accelerators of the group.</param>
    /// <param name="gap">From one member to the next: 1 where they lie side by side.</param>
    public double Sum(double bytes, int group, int gap = 1) => 2 * Gather(bytes, group, gap);

    /// <summary>Seconds in which each sends to all others what they hold of it.</summary>
    /// <param name="bytes">That one accelerator sends in all.</param>
    /// <param name="group">Accelerators of the group.</param>
    /// <param name="gap">From one member to the next: 1 where they lie side by side.</param>
    public double Exchange(double bytes, int group, int gap = 1)
    {
        if (group <= 1 || bytes <= 0) return 0;
        int inside = Math.Clamp(nodeSize / gap, 1, group);
        double away = (group - inside) / (double)group;
        return Math.Max((inside - 1.0) / group * bytes / link, away * bytes / network) + (away > 0 ? NetworkLatency : LinkLatency);
    }

    /// <summary>Seconds to hand bytes to the next stage of a pipeline.</summary>
    /// <param name="bytes">Sent.</param>
    /// <param name="gap">From a stage's accelerator to the next stage's.</param>
    /// <param name="stages">Of the pipeline.</param>
    public double Send(double bytes, int gap, int stages) => gap * stages <= nodeSize ? (bytes / link) + LinkLatency : (bytes / network) + NetworkLatency;
}
