using Headroom.Planning.Economics;
using Headroom.Planning.Models;
using Headroom.Planning.Serving;

namespace Headroom.Planning.Search;

/// <summary>A decoder that shall be served, on what, within what.</summary>
public sealed record ServingRequest
{
    /// <summary>The model.</summary>
    public required TransformerShape Shape { get; init; }

    /// <summary>Lengths of prompts and answers; its batch is the one to serve, or 0 for the largest that the limits allow.</summary>
    public required ServingLoad Load { get; init; }

    /// <summary>Accelerators to choose from, with prices in dollars an hour.</summary>
    public required IReadOnlyList<ServingDevice> Devices { get; init; }

    /// <summary>Bits of a weight, each of which is tried.</summary>
    public required IReadOnlyList<int> WeightBits { get; init; }

    /// <summary>Bits of an element of the cache.</summary>
    public int CacheBits { get; init; } = 16;

    /// <summary>Software that serves, as the calibration names it.</summary>
    public string Stack { get; init; } = ServingCalibration.UsualStack;

    /// <summary>Accelerators that share a matrix, where the user says so.</summary>
    public int? Tensor { get; init; }

    /// <summary>Seconds from token to token at most.</summary>
    public double? TokenLatency { get; init; }

    /// <summary>Seconds to the first token at most, of a prompt that comes to a server with room.</summary>
    public double? FirstTokenLatency { get; init; }

    /// <summary>Bytes that may be used of one accelerator; null for what it has.</summary>
    public double? Memory { get; init; }

    /// <summary>What to have least of: seconds a token, dollars a million tokens, joules a token.</summary>
    public PlanGoal Goal { get; init; } = PlanGoal.Money;

    /// <summary>What a watt of a machine is at the wall.</summary>
    public PowerUse Power { get; init; } = new(1);
}
