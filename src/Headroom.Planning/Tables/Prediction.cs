namespace Headroom.Planning.Tables;

/// <summary>A row's figure beside what the planner says.</summary>
/// <param name="Measured">What was measured; of a run that failed for memory, the device's capacity.</param>
/// <param name="Predicted">What the planner says, in the same unit.</param>
public sealed record Prediction(double Measured, double Predicted)
{
    /// <summary>The accelerator's family, as calibrations name it.</summary>
    public string Family { get; init; } = "";

    /// <summary>The software stack, as calibrations name it.</summary>
    public string Stack { get; init; } = "";

    /// <summary>Bytes that the device has, where the figure is of memory and the capacity is known.</summary>
    public double? Capacity { get; init; }

    /// <summary>Whether the run failed for memory: then it is no error to predict, but a verdict.</summary>
    public bool RanOut { get; init; }

    /// <summary>Lower end of the interval that the planner gives with it; null where it gives none.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of it.</summary>
    public double? High { get; init; }

    /// <summary>The natural logarithm of predicted over measured.</summary>
    public double LogError => Math.Log(Predicted / Measured);
}
