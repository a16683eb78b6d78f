namespace Headroom.Planning.Serving;

/// <summary>What is asked of a server at a time.</summary>
/// <param name="Batch">Sequences at once.</param>
/// <param name="Input">Tokens of a prompt.</param>
/// <param name="Output">Tokens that are written.</param>
/// <param name="SharedPrefix">Of the prompt, the tokens that all sequences share and that are computed and held once.</param>
public readonly record struct ServingLoad(double Batch, double Input, double Output, double SharedPrefix = 0);
