using System.Text.Json.Nodes;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Stages;

/// <summary>What <c>headroom probe</c> measured, as its process printed it.</summary>
internal sealed record Probe(Overhead Overhead)
{
    public NodeTimes Times => Overhead.Times!;

    public static Probe Parse(JsonObject o)
    {
        var overhead = new Overhead((long)o["fixed"]!, o["scratch"]!.AsObject().ToDictionary(s => s.Key, s => (long)s.Value!));
        return new Probe(overhead with { Times = new NodeTimes(Numbers(o["seconds"]!), Numbers(o["rates"]!), (double)o["whole"]!) });
    }

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public JsonObject ToJson() => new()
    {
        ["fixed"] = Overhead.Fixed,
        ["scratch"] = new JsonObject(Overhead.ScratchByOperator.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
        ["seconds"] = Numbers(Times.Measured),
        ["rates"] = Numbers(Times.Rates),
        ["whole"] = Times.Whole,
    };

    private static JsonObject Numbers(IReadOnlyDictionary<string, double> values) => new(values.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value)));

    private static Dictionary<string, double> Numbers(JsonNode o) => o.AsObject().ToDictionary(v => v.Key, v => (double)v.Value!);
}
