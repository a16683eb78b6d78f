using System.Numerics;
using System.Runtime.InteropServices;
using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Training.Checkpoints;

namespace Headroom.Training;

/// <summary>Looks for NaN and infinity in what is about to be saved: a checkpoint with them would not be a good one.</summary>
internal static class FiniteState
{
    private const int Chunk = 1 << 20;

    /// <summary>What is not finite, or null.</summary>
    public static string? Fault(Session session)
    {
        foreach (StateTensor s in session.States)
        {
            if (s.Type.Element != ElementType.Float32) continue;
            for (long at = 0; at < s.Type.Bytes; at += Chunk)
            {
                ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(StateBytes.Read(s, at, (int)Math.Min(Chunk, s.Type.Bytes - at)));
                if (!AllFinite(values)) return $"The tensor '{s.Name}' became NaN or infinite";
            }
        }
        return null;
    }

    /// <summary>x · 0 is 0 for every finite x, and NaN for all others.</summary>
    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count) sum += new Vector<float>(values[i..]) * Vector<float>.Zero;
        float rest = Vector.Sum(sum);
        for (; i < values.Length; i++) rest += values[i] * 0;
        return rest == 0;
    }
}
