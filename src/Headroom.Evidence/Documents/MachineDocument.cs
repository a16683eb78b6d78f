namespace Headroom.Evidence.Documents;

/// <summary>What a machine was measured to do: rates of matrix products, convolutions and memory, and what a call costs. Plans state their bounds by it.</summary>
public sealed record MachineDocument() : Document(SchemaName)
{
    public const string SchemaName = "headroom/machine/1";

    /// <summary>Which machine: processor, cores, threads, versions of .NET and libtorch.</summary>
    public IReadOnlyDictionary<string, string> Machine { get; init => field = Frozen.Strings(value, "machine"); } = Frozen.Empty<string>();

    public bool Equals(MachineDocument? other) => EvidenceJson.Same(this, other);

    public override int GetHashCode() => base.GetHashCode();
}
