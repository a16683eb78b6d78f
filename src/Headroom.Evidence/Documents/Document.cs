using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headroom.Evidence.Documents;

/// <summary>What one stage found or did, handed to the stages after it: an immutable JSON document, linked to what it rests on by SHA-256.</summary>
/// <remarks>Two documents are equal when they are written the same. Lists and dictionaries are copied when a document is made.</remarks>
public abstract record Document
{
    private protected Document(string schema) => Schema = schema;

    /// <summary>What kind of document it is, and in which version: <c>headroom/plan/1</c>.</summary>
    [JsonPropertyOrder(-5)]
    public string Schema { get; }

    /// <summary>When it was made, in UTC.</summary>
    [JsonPropertyOrder(-4)]
    public required DateTimeOffset Created { get; init => field = value.ToUniversalTime(); }

    /// <summary>What it rests on: a name (<c>plan</c>, <c>model.onnx</c>, <c>dataset</c>) to the lower-case hexadecimal SHA-256 of that document or file.</summary>
    /// <exception cref="ArgumentException">A hash is not one.</exception>
    [JsonPropertyOrder(-3)]
    public IReadOnlyDictionary<string, string> Inputs { get; init => field = Frozen.Hashes(value); } = Frozen.Empty<string>();

    /// <summary>The options it was made with, in their order; <see cref="Documents.Settings"/> makes them.</summary>
    [JsonPropertyOrder(-2)]
    public IReadOnlyDictionary<string, JsonElement> Settings { get; init => field = Frozen.Settings(value); } = Frozen.Empty<JsonElement>();

    /// <summary>The numbers that gates and reports read; each name occurs once.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<Measurement> Measurements { get; init => field = Frozen.Measurements(value); }

    /// <summary>The measurement of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Measurement this[string name] => Find(name) ?? throw new KeyNotFoundException($"{Schema} has no measurement '{name}'.");

    /// <summary>The measurement of that name, or null.</summary>
    public Measurement? Find(string name)
    {
        foreach (Measurement m in Measurements)
        {
            if (m.Name == name) return m;
        }
        return null;
    }

    public virtual bool Equals(Document? other) => EvidenceJson.Same(this, other);

    public override int GetHashCode() => HashCode.Combine(Schema, Created, Measurements.Count);

    /// <summary>What keeps the document from being written: numbers that are not finite, sizes that clash.</summary>
    internal virtual IEnumerable<string> Faults()
    {
        foreach (Measurement m in Measurements)
        {
            if (m.Name.Length == 0) yield return "a measurement has no name";
            if (!double.IsFinite(m.Value)) yield return $"measurement '{m.Name}' is {Frozen.Show(m.Value)}, which is no number to gate on";
            if (m.Interval is Interval i && (double.IsNaN(i.Low) || double.IsNaN(i.High) || i.Low > i.High
                || double.IsPositiveInfinity(i.Low) || double.IsNegativeInfinity(i.High)))
            {
                yield return $"measurement '{m.Name}' has the interval [{Frozen.Show(i.Low)}, {Frozen.Show(i.High)}], whose ends are out of order or not numbers";
            }
        }
    }
}
