using System.Text.Json;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>All that turns rows into a model's tensors. It travels with the model as <c>preprocessing.json</c>, and encodes a new row exactly as training would have.</summary>
public sealed record Preprocessing
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>The form of this document.</summary>
    public string Schema { get; init; } = "headroom/preprocessing/1";

    /// <summary>The inputs.</summary>
    public IReadOnlyList<FeatureEncoding> Features { get; init; } = [];

    /// <summary>The classes, for a classifier.</summary>
    public LabelEncoding? Label { get; init; }

    /// <summary>The number to predict, for a regression.</summary>
    public TargetEncoding? Target { get; init; }

    /// <summary>The windows, for a language model.</summary>
    public LanguageModelEncoding? LanguageModel { get; init; }

    /// <summary>The windows over time, for a forecaster.</summary>
    public SeriesEncoding? Series { get; init; }

    /// <summary>A dataset's tensors: every feature's fields, then the label's unless it is left out, as for rows that are yet to be predicted.</summary>
    /// <exception cref="InputException">A column is missing or does not fit.</exception>
    public TensorTable Encode(Dataset data, bool withLabel = true)
    {
        var sources = Features.SelectMany(f => f.Encode(data)).ToList();
        if (withLabel && Label is not null)
        {
            sources.Add(Label.Encode(data));
        }
        if (withLabel && Target is not null)
        {
            sources.Add(Target.Encode(data));
        }
        return new TensorTable(sources);
    }

    /// <summary>As JSON text; the same for the same fit.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="InputException">The disk is full, or writing there is not allowed.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, ToJson());

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">The file is missing or something else.</exception>
    public static Preprocessing Load(string path)
    {
        using var text = Sources.InputFile.OpenText(path);
        return FromJson(Sources.InputFile.Text(path, () => 0, text.ReadToEnd), path);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InputException">The text is something else.</exception>
    public static Preprocessing FromJson(string json, string where = "preprocessing.json")
    {
        try
        {
            return JsonSerializer.Deserialize<Preprocessing>(json, Options) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new InputException($"{where}: this is no preprocessing of Headroom: {e.Message}\nTake the file that was written beside the model.", e);
        }
    }
}
