using System.Numerics;
using System.Runtime.InteropServices;

namespace Headroom.Evaluation.Drawing;

/// <summary>The nearest of many pictures, by comparing with all.</summary>
internal static class NearestPictures
{
    /// <summary>For each picture, the root mean square difference to the nearest among others; ∞ where there are none. Pictures are <c>[rows, pixels]</c>.</summary>
    public static double[] Distances(float[] pictures, float[] among, int pixels)
    {
        var nearest = new double[pictures.Length / pixels];
        Parallel.For(0, nearest.Length, row =>
        {
            float least = float.PositiveInfinity;
            for (int at = 0; at < among.Length; at += pixels) least = MathF.Min(least, Square(pictures.AsSpan(row * pixels, pixels), among.AsSpan(at, pixels), least));
            nearest[row] = Math.Sqrt(least / pixels);
        });
        return nearest;
    }

    /// <summary>The sum of squared differences; cut off somewhere above <paramref name="most"/>.</summary>
    private static float Square(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float most)
    {
        ReadOnlySpan<Vector<float>> x = MemoryMarshal.Cast<float, Vector<float>>(a), y = MemoryMarshal.Cast<float, Vector<float>>(b);
        float sum = 0;
        const int Look = 8;
        for (int i = 0; i < x.Length; i += Look)
        {
            Vector<float> part = Vector<float>.Zero;
            for (int j = i; j < Math.Min(i + Look, x.Length); j++)
            {
                Vector<float> d = x[j] - y[j];
                part += d * d;
            }
            sum += Vector.Sum(part);
            if (sum > most) return sum;
        }
        for (int i = x.Length * Vector<float>.Count; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
