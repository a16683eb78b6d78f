using Headroom.Evidence.Quantities;

namespace Headroom.Graph;

/// <summary>What running a node once takes: floating-point operations (a multiply-add is two) and bytes of memory traffic if nothing stays in a cache.</summary>
public readonly record struct Cost(double Flops, long Read, long Written)
{
    public Flops Work => new(Flops);

    public Bytes Traffic => new(Read + Written);

    public static Cost operator +(Cost a, Cost b) => new(a.Flops + b.Flops, a.Read + b.Read, a.Written + b.Written);

    /// <summary>Each input read once, each wanted output written once, and so many FLOPs for each element of the first output.</summary>
    public static Cost Elementwise(Signature s, double flopsPerElement)
        => new(flopsPerElement * s.Output(0).Elements, s.InputBytes, s.OutputBytes);
}
