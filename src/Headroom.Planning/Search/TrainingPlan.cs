using Headroom.Devices.Catalogue;
using Headroom.Planning.Training;

namespace Headroom.Planning.Search;

/// <summary>One way to train: accelerators, a layout, and what that takes.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Device">The kind of accelerator.</param>
/// <param name="Layout">How the step lies over them.</param>
/// <param name="Time">Of a step.</param>
/// <param name="Memory">Of the fullest accelerator.</param>
public sealed record TrainingPlan(SearchRequest Request, SearchDevice Device, TrainingLayout Layout, TrainingTime Time, TrainingMemory Memory)
{
    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator => Device.Accelerator;

    /// <summary>How many of them.</summary>
    public int Count => Layout.Devices;

    /// <summary>Accelerators of a node.</summary>
    public int NodeSize => Device.Estimator.NodeSize;

    /// <summary>Nodes that they stand in.</summary>
    public int Nodes => (Count + NodeSize - 1) / NodeSize;

    /// <summary>Updates.</summary>
    public long Steps => Request.Steps;

    /// <summary>Seconds of training on the clock, interruptions included where machines are taken back.</summary>
    public double Seconds => PlanCosts.Seconds(Request, Time.Seconds, Nodes);

    /// <summary>Dollars of rent; null where the accelerator has no price.</summary>
    public double? Dollars => PlanCosts.Dollars(Device, Count, Seconds);

    /// <summary>Joules at the wall; null where no source gives the accelerator's power.</summary>
    public double? Joules => PlanCosts.Joules(this);

    /// <summary>Mean power of one accelerator; null where no source gives it.</summary>
    public double? Watts => Device.WattsOf?.Invoke(Math.Min(1, Mfu), MemoryShare);

    /// <summary>Tokens that all of them train on in a second.</summary>
    public double TokensPerSecond => Layout.Batch * (double)Request.Sequence / Time.Seconds;

    /// <summary>FLOPs of the model, by the usual count, over what the accelerators could do: of frozen weights those alone that are computed.</summary>
    public double Mfu => (Request.Job.AdapterParameters is null ? 1 : 2.0 / 3) * Device.Estimator.ModelFlops(Layout) / Time.Seconds / Count / (PeakRates.Of(Accelerator, Request.Job.Type) ?? double.NaN);

    /// <summary>Share of the step in which work is bound by memory.</summary>
    private double MemoryShare => Math.Clamp((Time.Elementwise + Time.Update) / Time.Seconds, 0, 1);
}
