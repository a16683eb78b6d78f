namespace Headroom.Bench.Planning;

/// <summary>A parameter before it is fitted.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Per"><c>family</c>, <c>stack</c> or <c>all</c>.</param>
/// <param name="Unit">Of its value; <c>1</c> of a share.</param>
/// <param name="Meaning">In a few words.</param>
/// <param name="Start">A sensible value.</param>
/// <param name="Lower">The least.</param>
/// <param name="Upper">The most.</param>
/// <param name="Spread">How far, as a logarithm, it may lie from its start before that costs as much as one row's error.</param>
/// <param name="Only">The stacks that it is fitted for; null for all.</param>
/// <param name="Otherwise">Its value for other stacks, where it has no effect.</param>
internal sealed record ParameterForm(string Name, string Per, string Unit, string Meaning, double Start, double Lower, double Upper, double Spread, IReadOnlySet<string>? Only = null, double Otherwise = 1);
