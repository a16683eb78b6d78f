namespace Headroom.Planning.Serving;

/// <summary>What a server answers with.</summary>
/// <param name="TimeToFirstToken">Seconds from a batch of prompts to their first tokens.</param>
/// <param name="TimePerToken">Seconds from one token of a sequence to its next, on average.</param>
/// <param name="TokensPerSecond">Written by all accelerators together, prefill counted in time.</param>
/// <param name="ComputeShare">Of the peak rate, what is used over the whole run.</param>
/// <param name="BandwidthShare">Of the memory bandwidth, what is used over the whole run.</param>
/// <param name="Memory">Bytes on the fullest accelerator.</param>
public readonly record struct ServingEstimate(double TimeToFirstToken, double TimePerToken, double TokensPerSecond, double ComputeShare, double BandwidthShare, ServingMemory Memory);
