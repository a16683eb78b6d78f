namespace Headroom.Graph;

/// <summary>
/// Marks an operator that ONNX has. The class carries <c>public static Operator Read(OnnxAttributes a)</c>, which makes the operator from a file's attributes.
/// The reader finds operators by this attribute, so adding one touches no list.
/// </summary>
/// <param name="since">The opset from which this form holds.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OnnxOperatorAttribute(int since) : Attribute
{
    public int Since { get; } = since;

    /// <summary>ONNX's name where the class is called otherwise.</summary>
    public string? Name { get; init; }
}
