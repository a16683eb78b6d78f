using Headroom.Data;
using Headroom.Data.Features;
using Headroom.Data.Splits;
using Headroom.Data.Tables;

namespace Headroom.Cli.Stages;

/// <summary>Rows of a table that serve one purpose.</summary>
internal sealed record Part(TensorTable Table, int[] Rows);

/// <summary>Data that is read, split and ready to be encoded batch by batch.</summary>
internal sealed record Prepared
{
    public required Preprocessing Preprocessing { get; init; }

    public required Part Train { get; init; }

    public required Part Validation { get; init; }

    public required Part Test { get; init; }

    /// <summary>By number; empty where no classes are predicted.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>SHA-256 over schema and content.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The rows as they were read, for models that take no tensors.</summary>
    public required Dataset Dataset { get; init; }

    /// <summary>Null where text or series are cut.</summary>
    public Split? Split { get; init; }

    /// <summary>For a forecaster, what it is measured on.</summary>
    public TestedSeries? Series { get; init; }

    /// <summary>The ONNX file that training begins with, where the settings name one.</summary>
    public string? ModelFile { get; init; }

    /// <summary>The ONNX file of the network that judges drawn pictures, where the settings name one.</summary>
    public string? Classifier { get; init; }
}
