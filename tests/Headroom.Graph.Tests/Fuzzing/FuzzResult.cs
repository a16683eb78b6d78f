namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>What a reader did with a file.</summary>
/// <param name="Read">Whether it gave what the file holds.</param>
/// <param name="Typed">Whether that took types, sizes or values.</param>
/// <param name="Fault">What went wrong: an exception that is no answer to a user, too much memory, too much time; null where all is well.</param>
internal sealed record FuzzResult(bool Read, bool Typed, string? Fault)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
}
