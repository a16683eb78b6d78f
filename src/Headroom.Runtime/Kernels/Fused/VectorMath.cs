using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Exponential and normal distribution over sixteen fp32 lanes.</summary>
internal static class VectorMath
{
    /// <summary><c>e^x</c> within 2 units in the last place; 0 below -87.3 and the largest finite power above 88.7.</summary>
    /// <remarks>x = n ln 2 + r with |r| at most ln 2 / 2; e^r by a polynomial of degree 6 (the coefficients of Moshier's Cephes, <c>expf</c>); 2^n by the exponent's bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> low = Vector512.Create(-87.33654f);
        Vector512<float> vanished = Vector512.LessThan(x, low);
        // In this order a NaN stays one: the instructions give their second operand then.
        Vector512<float> bounded = Vector512.MinNative(Vector512.Create(88.37626f), Vector512.MaxNative(low, x));
        Vector512<float> n = Vector512.Floor(Vector512.FusedMultiplyAdd(bounded, Vector512.Create(1.44269504f), Vector512.Create(0.5f)));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), bounded);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        Vector512<int> exponent = Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n) + Vector512.Create(127), 23);
        return Vector512.AndNot(p * exponent.AsSingle(), vanished);
    }

    /// <summary>The normal distribution's <c>Φ(x)</c> and density <c>φ(x)</c>; Φ within 1.5e-7.</summary>
    /// <remarks>erf by Abramowitz and Stegun, 7.1.26, whose exponential is φ's own.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Normal(Vector512<float> x, out Vector512<float> density)
    {
        Vector512<float> e = Exp(x * x * Vector512.Create(-0.5f));
        density = e * Vector512.Create(0.398942280f);
        Vector512<float> z = Vector512.Abs(x);
        Vector512<float> t = Vector512<float>.One / Vector512.FusedMultiplyAdd(z, Vector512.Create(0.3275911f * 0.707106781f), Vector512<float>.One);
        Vector512<float> p = Vector512.Create(0.5f * 1.061405429f);
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.5f * -1.453152027f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.5f * 1.421413741f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.5f * -0.284496736f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.5f * 0.254829592f));
        Vector512<float> upper = p * t * e; // 1 - Φ(|x|)
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), Vector512<float>.One - upper, upper);
    }

    /// <summary>The normal distribution's <c>Φ(x)</c> alone, within 2e-7, at half the work of <see cref="Normal"/>: <c>½ + ½ erf(x / √2)</c>.</summary>
    /// <remarks>erf as a quotient of polynomials, <c>z · P(z²) / Q(z²)</c>, for |z| up to 4, where it is 1 to the last digit: the coefficients of Eigen's <c>generic_fast_erf_float</c>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Cumulative(Vector512<float> x)
    {
        // In this order a NaN stays one.
        Vector512<float> z = Vector512.MinNative(Vector512.Create(4f), Vector512.MaxNative(Vector512.Create(-4f), x * Vector512.Create(0.707106781f)));
        Vector512<float> s = z * z;
        Vector512<float> p = Vector512.Create(-2.72614225801306e-10f);
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(2.77068142495902e-08f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-2.10102402082508e-06f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-5.69250639462346e-05f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-7.34990630326855e-04f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-2.95459980854025e-03f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-1.60960333262415e-02f));
        Vector512<float> q = Vector512.Create(-1.45660718464996e-05f);
        q = Vector512.FusedMultiplyAdd(q, s, Vector512.Create(-2.13374055278905e-04f));
        q = Vector512.FusedMultiplyAdd(q, s, Vector512.Create(-1.68282697438203e-03f));
        q = Vector512.FusedMultiplyAdd(q, s, Vector512.Create(-7.37332916720468e-03f));
        q = Vector512.FusedMultiplyAdd(q, s, Vector512.Create(-1.42647390514189e-02f));
        return Vector512.FusedMultiplyAdd(z * p / q, Vector512.Create(0.5f), Vector512.Create(0.5f));
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector512<float> value)
    {
        Vector256<float> half = Vector256.Max(value.GetLower(), value.GetUpper());
        Vector128<float> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter.GetElement(0), quarter.GetElement(1)), MathF.Max(quarter.GetElement(2), quarter.GetElement(3)));
    }

    /// <summary>All ones in the lanes below <paramref name="count"/>, so that a row's missing tail takes no part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Mask<S>(long count) where S : struct, IEnding
        => S.Whole ? Vector512<float>.AllBitsSet : Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)Math.Clamp(count, 0, 16))).AsSingle();
}
