namespace Headroom.Data.Features;

/// <summary>A category column as training saw it: a name's code is its place counted from 1; 0 is a missing or unknown one.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Names">In ordinal order.</param>
public sealed record CategoryFeature(string Column, IReadOnlyList<string> Names)
{
    /// <summary>Codes there are, 0 included: the rows of an embedding table.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Codes => Names.Count + 1;
}
