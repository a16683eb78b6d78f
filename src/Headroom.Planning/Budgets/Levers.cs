using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Passes;

namespace Headroom.Planning.Budgets;

/// <summary>What a planner may turn to make the same training faster or smaller.</summary>
/// <param name="Compute">The element type of matrix work.</param>
/// <param name="MicroBatches">Parts that a batch is run in.</param>
public sealed record Levers(ElementType Compute, int MicroBatches)
{
    /// <summary>Activations that are dropped after the forward pass and made again in the backward pass, by name.</summary>
    public ImmutableArray<string> Recompute { get; init; } = [];

    /// <summary>Whether pictures may lie channels-last in memory.</summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>How frozen matrices beside adapters are kept; null where the settings say it, or there are none.</summary>
    public BaseStorage? Base { get; init; }

    /// <summary>Updates that fit the time there is; null where time sets no limit.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>In words, for people: <c>bf16, 2 micro-batches, 31 activations made again</c>.</summary>
    public override string ToString()
    {
        string text = Compute == ElementType.Float32 ? "fp32" : $"mixed precision ({Compute.ShortName()})";
        if (Base is BaseStorage storage) text += $", frozen weights {Words(storage)}";
        if (!ChannelsLast) text += ", pictures row by row";
        if (MicroBatches > 1) text += string.Create(CultureInfo.InvariantCulture, $", {MicroBatches} micro-batches");
        return Recompute.IsEmpty ? text : string.Create(CultureInfo.InvariantCulture, $"{text}, {Recompute.Length} activations made again");
    }

    /// <summary>A storage in words.</summary>
    public static string Words(BaseStorage storage) => storage switch { BaseStorage.BFloat16 => "in bf16", BaseStorage.Int8 => "in 8 bits", BaseStorage.Nf4 => "in 4 bits (NF4)", _ => "as they are" };

    public bool Equals(Levers? other) => other is not null && Compute == other.Compute && MicroBatches == other.MicroBatches && ChannelsLast == other.ChannelsLast && Base == other.Base && MaxSteps == other.MaxSteps && Recompute.SequenceEqual(other.Recompute);

    public override int GetHashCode() => HashCode.Combine(Compute, MicroBatches, ChannelsLast, Base, Recompute.Length);

    /// <summary>Writes them beside a run's other files, for the processes that share it and for a resume.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, ToJson().ToJsonString());

    public JsonObject ToJson() => new()
    {
        ["compute"] = Compute.ShortName(),
        ["micro_batches"] = MicroBatches,
        ["channels_last"] = ChannelsLast,
        ["base"] = Base?.ToString(),
        ["max_steps"] = MaxSteps,
        ["recompute"] = new JsonArray([.. Recompute.Select(n => (JsonNode)n)]),
    };

    /// <exception cref="InputException">The file isn't what <see cref="Save"/> writes.</exception>
    public static Levers Load(string path)
    {
        try
        {
            JsonObject o = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            ElementType compute = Enum.GetValues<ElementType>().Single(e => e.ShortName() == (string?)o["compute"]);
            return new Levers(compute, (int)o["micro_batches"]!) { ChannelsLast = (bool)o["channels_last"]!, MaxSteps = (long?)o["max_steps"], Base = (string?)o["base"] is string kept ? Enum.Parse<BaseStorage>(kept) : null, Recompute = [.. o["recompute"]!.AsArray().Select(n => (string)n!)] };
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "these aren't the levers of a plan: " + e.Message, "Start a new run without --resume.");
        }
    }
}
