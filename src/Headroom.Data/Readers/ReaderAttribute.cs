namespace Headroom.Data.Readers;

/// <summary>The name by which a settings file asks for a reader; bearing it is all that a reader needs to be found.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReaderAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
