using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>Functions over a register of fp32 or fp64, written once for both.</summary>
internal static class LaneMath
{
    /// <summary>One number in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Splat<T>(double value) where T : unmanaged
        => typeof(T) == typeof(float) ? Vector512.Create((float)value).As<float, T>() : Vector512.Create(value).As<double, T>();

    /// <summary>The function of the type's own: fp32 within 2 units in the last place, not above the largest finite power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> x) where T : unmanaged
        => typeof(T) == typeof(float) ? VectorMath.Exp(x.AsSingle()).As<float, T>() : Vector512.Exp(x.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log<T>(Vector512<T> x) where T : unmanaged
        => typeof(T) == typeof(float) ? Vector512.Log(x.AsSingle()).As<float, T>() : Vector512.Log(x.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sin<T>(Vector512<T> x) where T : unmanaged
        => typeof(T) == typeof(float) ? Vector512.Sin(x.AsSingle()).As<float, T>() : Vector512.Sin(x.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Cos<T>(Vector512<T> x) where T : unmanaged
        => typeof(T) == typeof(float) ? Vector512.Cos(x.AsSingle()).As<float, T>() : Vector512.Cos(x.AsDouble()).As<double, T>();

    /// <summary><c>1 / (1 + e⁻ˣ)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> x) where T : unmanaged => Vector512<T>.One / (Vector512<T>.One + Exp(-x));

    /// <summary><c>eˣ - 1</c>, near 0 by its series: the difference would have no digits left there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Expm1<T>(Vector512<T> x) where T : unmanaged
    {
        // With |x| below 1/2 the terms left out are below half a unit in the last place.
        Vector512<T> p = Vector512<T>.One;
        for (int k = typeof(T) == typeof(float) ? 9 : 15; k >= 2; k--) p = Vector512<T>.One + p * x * Splat<T>(1.0 / k);
        return Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(x), Splat<T>(0.5)), p * x, Exp(x) - Vector512<T>.One);
    }

    /// <summary><c>ln(1 + x)</c> for x in [0, 1]; what the sum loses the quotient makes good.</summary>
    /// <remarks>Goldberg, ACM Computing Surveys 23 (1991), theorem 4.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log1p<T>(Vector512<T> x) where T : unmanaged
    {
        Vector512<T> w = Vector512<T>.One + x;
        return Vector512.ConditionalSelect(Vector512.Equals(w, Vector512<T>.One), x, Log(w) * x / (w - Vector512<T>.One));
    }

    /// <summary><c>condition ? yes : no</c> for conditions that a comparison made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> If<T>(Vector512<T> condition, Vector512<T> yes, Vector512<T> no) where T : unmanaged => Vector512.ConditionalSelect(condition, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Above<T>(Vector512<T> x, double limit) where T : unmanaged => Vector512.GreaterThan(x, Splat<T>(limit));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Below<T>(Vector512<T> x, double limit) where T : unmanaged => Vector512.LessThan(x, Splat<T>(limit));
}
