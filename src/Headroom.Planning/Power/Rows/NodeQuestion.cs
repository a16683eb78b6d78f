using System.Text.RegularExpressions;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Power.Rows;

/// <summary>A measured row of a node's draw while it trains, read.</summary>
/// <param name="Device">One of its accelerators.</param>
/// <param name="Count">Accelerators in the node.</param>
/// <param name="Nodes">That train together.</param>
/// <param name="Batch">Samples of a step over all nodes; null where the row doesn't say.</param>
/// <param name="Watts">Mean draw of the node during the run.</param>
public sealed partial record NodeQuestion(Accelerator Device, int Count, int Nodes, double? Batch, double Watts)
{
    /// <summary>Reads a row.</summary>
    /// <param name="row">One that measures a node's power.</param>
    /// <param name="reason">What is missing, where the answer is null.</param>
    public static NodeQuestion? Read(MeasuredRow row, out string reason)
    {
        reason = "";
        double? watts = row.Measured.Number("node_power_watts_mean_during_run", "node_power_watts", "avg_node_power_watts");
        if (watts is not > 0) reason = Quantity.NotMeasured;
        else if (AcceleratorCatalogue.Default.TryFind(row.Hardware.Text("accelerator") ?? "", out _) is not { Watts: not null } device) reason = "the catalogue has no such device or not its design power";
        else
        {
            Match nodes = Systems().Match(row.Hardware.Text("system") ?? "");
            return new(device, row.Hardware.Count("count") ?? 8, row.Hardware.Count("nodes") ?? (nodes.Success ? (int)RowFields.ParseLeading(nodes.Value)!.Value : 1), row.Config.Number("global_batch"), watts.Value);
        }
        return null;
    }

    /// <summary>Mean draw: busy but for the waiting, which fewer samples an accelerator lengthen.</summary>
    /// <param name="rates">Of the device's family.</param>
    /// <param name="waiting">Share of a step that is waited where each accelerator has no sample of its own.</param>
    /// <returns>Watts of the node.</returns>
    public double Predicted(PowerRates rates, double waiting)
    {
        double samples = Batch is > 0 ? Batch.Value / (Count * (double)Nodes) : 1, waits = Nodes > 1 ? waiting / (1 + samples) : 0;
        return Count * Device.Watts!.Value.Value * (rates.Idle + ((1 - rates.Idle) * (1 - waits)) + rates.Host);
    }

    [GeneratedRegex("^[0-9]{1,6}(?=x)")]
    private static partial Regex Systems();
}
