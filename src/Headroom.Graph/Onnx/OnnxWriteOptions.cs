namespace Headroom.Graph.Onnx;

/// <summary>How a model is written.</summary>
public sealed record OnnxWriteOptions
{
    /// <summary>The oldest opset that can be written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest opset that can be written.</summary>
    public const int NewestOpset = 28;

    /// <summary>The opset of ONNX's own domain that the file imports: <see cref="OldestOpset"/> to <see cref="NewestOpset"/>.</summary>
    public int Opset { get; init; } = 21;

    /// <summary>Who made the file, as it names its producer.</summary>
    public string Producer { get; init; } = "headroom";

    public string ProducerVersion { get; init; } = typeof(OnnxWriteOptions).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>
    /// Whether weights go into a second file beside the model, called as it is with <c>.data</c> behind. They do in any case where one file would pass protobuf's 2 GiB. Only a model that is written to a path can have one.
    /// </summary>
    public bool ExternalData { get; init; }

    /// <summary>The most bytes that one ONNX file holds.</summary>
    internal long FileLimit { get; init; } = int.MaxValue;
}
