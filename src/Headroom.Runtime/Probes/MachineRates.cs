using Headroom.Graph;

namespace Headroom.Runtime.Probes;

/// <summary>What a machine does at the most: the ceilings that a node's time is held against.</summary>
/// <param name="Float32">FLOP/s of a matrix product in fp32; a multiply-add is two.</param>
/// <param name="BFloat16">FLOP/s of a matrix product in bf16.</param>
/// <param name="Bandwidth">Bytes/s, read and written together, of memory that no cache holds.</param>
/// <param name="CallSeconds">Seconds that a node takes which has nothing to do.</param>
public sealed record MachineRates(double Float32, double BFloat16, double Bandwidth, double CallSeconds)
{
    /// <summary>FLOP/s in a type; of types without a rate of their own, fp32's.</summary>
    public double Matrix(ElementType type) => type == ElementType.BFloat16 ? BFloat16 : Float32;

    /// <summary>The type that a node's arithmetic is done in: that of its first floating input.</summary>
    public static ElementType WorkType(TypedGraph graph, Node node)
    {
        foreach (Value v in node.Inputs) if (v.Exists && graph.Type(v).Element is var element && element.IsFloat()) return element;
        return ElementType.Float32;
    }
}
