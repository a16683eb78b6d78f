namespace Headroom.Planning.Tables;

/// <summary>The figures that predictions are held to, as output names them.</summary>
public static class Quantity
{
    /// <summary>Seconds of one training step.</summary>
    public const string StepSeconds = "step_seconds";

    /// <summary>Bytes at the peak on the fullest accelerator.</summary>
    public const string PeakMemory = "peak_memory";

    /// <summary>Tokens, sequences or pictures a second.</summary>
    public const string Throughput = "throughput";

    /// <summary>Mean power.</summary>
    public const string Watts = "watts";

    /// <summary>The reason of rows that hold no measurement of the figure.</summary>
    public const string NotMeasured = "not measured";
}
