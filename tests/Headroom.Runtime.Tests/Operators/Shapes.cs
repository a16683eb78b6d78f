using CsCheck;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Random shapes for property tests.</summary>
internal static class Shapes
{
    /// <summary>Up to three axes of extent 1 to 4.</summary>
    public static Gen<long[]> Any { get; } = Gen.Long[1, 4].Array[0, 3];

    /// <summary>Shapes that broadcast together: each drops leading axes of a common shape and has an extent of 1 on some of the others.</summary>
    public static Gen<long[][]> Broadcast(int least, int most)
        => from common in Any
           from operands in Gen.Select(Gen.Int[0, 3], Gen.Int[0, 7]).Array[least, most]
           select operands.Select(o => common.Skip(Math.Min(o.Item1, common.Length)).Select((extent, i) => (o.Item2 >> i & 1) != 0 ? 1 : extent).ToArray()).ToArray();
}
