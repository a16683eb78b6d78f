namespace Headroom.Evidence;

/// <summary>One number with what is needed to trust it.</summary>
/// <param name="Name">Lower snake case, unique in its document: <c>accuracy</c>, <c>graph_bytes</c>.</param>
/// <param name="Value">The estimate, in <paramref name="Unit"/>.</param>
/// <param name="Unit">The unit in full: <c>fraction</c>, <c>bytes</c>, <c>seconds</c>, <c>nats</c>, <c>rows</c>.</param>
/// <param name="Interval">The 95 % interval, null where none is known.</param>
/// <param name="Method">How value and interval were obtained, in one line, with its conventions.</param>
/// <param name="Rows">How many rows it rests on, null where it rests on none.</param>
public sealed record Measurement(string Name, double Value, string Unit, Interval? Interval = null, string Method = "", long? Rows = null);

/// <summary>A closed interval, written in JSON as <c>[low, high]</c>.</summary>
public readonly record struct Interval(double Low, double High)
{
    public bool Contains(double value) => value >= Low && value <= High;
}
