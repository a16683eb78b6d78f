namespace Headroom.Graph.Onnx;

/// <summary>How a model is written.</summary>
public sealed record OnnxWriteOptions
{
    /// <summary>The oldest opset that can be written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest opset that can be written.</summary>
    public const int NewestOpset = 23;

    /// <summary>The opset of ONNX's own domain that the file imports: <see cref="OldestOpset"/> to <see cref="NewestOpset"/>.</summary>
    public int Opset { get; init; } = 21;

    /// <summary>Who made the file, as it names its producer.</summary>
    public string Producer { get; init; } = "headroom";

    public string ProducerVersion { get; init; } = typeof(OnnxWriteOptions).Assembly.GetName().Version?.ToString(3) ?? "";
}
