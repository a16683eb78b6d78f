using System.Text.Json.Nodes;
using Headroom.Planning.Budgets;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Stages;

/// <summary>What <c>headroom probe</c> measured, as its process printed it.</summary>
internal sealed record Probe(Overhead Overhead, MeasuredParts Parts)
{
    public static Probe Parse(JsonObject o)
    {
        var overhead = new Overhead((long)o["fixed"]!, o["scratch"]!.AsObject().ToDictionary(s => s.Key, s => (long)s.Value!));
        return new Probe(overhead, new MeasuredParts(overhead, (_, _) => 0));
    }
}
