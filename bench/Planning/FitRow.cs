namespace Headroom.Bench.Planning;

/// <summary>What a row is to a fit.</summary>
/// <param name="Family">Of its accelerator.</param>
/// <param name="Stack">Of its software; <c>all</c> where stacks aren't told apart.</param>
/// <param name="Quantity">What it measures.</param>
/// <param name="Table">Where it stands.</param>
internal sealed record FitRow(string Family, string Stack, string Quantity, string Table);
