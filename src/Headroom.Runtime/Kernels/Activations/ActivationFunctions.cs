using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.Kernels.Elementwise;
using static Headroom.Runtime.Kernels.Elementwise.LaneMath;

namespace Headroom.Runtime.Kernels.Activations;

// The formulas stand with the operators. In gradients a is dy, b is x or y as the operator's class says.

internal readonly struct LeakyReluFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => If(Below(a, 0), a * Splat<T>(alpha), a);
}

internal readonly struct LeakyReluGradientFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => If(Above(b, 0), a, a * Splat<T>(alpha));
}

/// <summary><c>γ (x &gt; 0 ? x : α (e^(x/σ) - 1))</c>: Elu, Selu and Celu.</summary>
internal readonly struct EluFunction(double alpha, double gamma, double scale) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => Splat<T>(gamma) * If(Above(a, 0), a, Splat<T>(alpha) * Expm1(a / Splat<T>(scale)));
}

/// <summary>From y: <c>y &gt; 0 ? γ dy : dy (y + γ α) / σ</c>.</summary>
internal readonly struct EluOutputGradientFunction(double alpha, double gamma, double scale) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => a * If(Above(b, 0), Splat<T>(gamma), (b + Splat<T>(gamma * alpha)) / Splat<T>(scale));
}

/// <summary>From x: <c>x &gt; 0 ? γ dy : dy γ α eˣ</c>.</summary>
internal readonly struct EluInputGradientFunction(double alpha, double gamma) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => a * Splat<T>(gamma) * If(Above(b, 0), Vector512<T>.One, Splat<T>(alpha) * Exp(b));
}

internal readonly struct ThresholdedReluFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a & Above(a, alpha);
}

internal readonly struct ThresholdedReluGradientFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a & Above(b, alpha);
}

internal readonly struct HardSigmoidFunction(double alpha, double beta) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => Vector512.Max(Vector512<T>.Zero, Vector512.Min(Vector512<T>.One, a * Splat<T>(alpha) + Splat<T>(beta)));
}

internal readonly struct HardSigmoidGradientFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a * Splat<T>(alpha) & Above(b, 0) & Below(b, 1);
}

internal readonly struct HardSwishFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => a * Vector512.Max(Vector512<T>.Zero, Vector512.Min(Vector512<T>.One, a * Splat<T>(1.0 / 6) + Splat<T>(0.5)));
}

internal readonly struct HardSwishGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => a * If(Above(b, -3), If(Below(b, 3), b * Splat<T>(1.0 / 3) + Splat<T>(0.5), Vector512<T>.One), Vector512<T>.Zero);
}

internal readonly struct SwishFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a * Sigmoid(a * Splat<T>(alpha));
}

internal readonly struct SwishGradientFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        Vector512<T> z = b * Splat<T>(alpha), s = Sigmoid(z);
        return a * s * (Vector512<T>.One + z * (Vector512<T>.One - s));
    }
}

internal readonly struct SwiGLUFunction(double alpha) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a * Sigmoid(a * Splat<T>(alpha)) * b;
}

/// <summary><c>max(x, 0) + ln(1 + e^(-|x|))</c>, which can't overflow.</summary>
internal readonly struct SoftplusFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => Vector512.Max(a, Vector512<T>.Zero) + Log1p(Exp(-Vector512.Abs(a)));
}

internal readonly struct SoftplusGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => -a * Expm1(-b);
}

internal readonly struct SoftsignFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a / (Vector512<T>.One + Vector512.Abs(a));
}

internal readonly struct SoftsignGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        Vector512<T> rest = Vector512<T>.One - Vector512.Abs(b);
        return a * (rest * rest);
    }
}

/// <summary>With e = eˣ, tanh(ln(1 + e)) is n / (n + 2) where n = e (e + 2): no logarithm, no cancellation.</summary>
internal readonly struct MishFunction : ILaneFunction
{
    // At 40 the quotient is 1 to the last bit, and e² still fits fp32.
    internal const double Saturated = 40;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        Vector512<T> e = Exp(Vector512.Min(a, Splat<T>(Saturated))), n = e * (e + Splat<T>(2));
        return a * (n / (n + Splat<T>(2)));
    }
}

/// <summary><c>1 - t²</c> is <c>4 (n + 1) / (n + 2)²</c>, and the logistic function <c>e / (e + 1)</c>.</summary>
internal readonly struct MishGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        Vector512<T> two = Splat<T>(2), e = Exp(Vector512.Min(b, Splat<T>(MishFunction.Saturated))), n = e * (e + two), t = n / (n + two);
        Vector512<T> rest = two / (n + two) * (Vector512<T>.One + t);
        return a * (t + b * (e / (e + Vector512<T>.One)) * rest);
    }
}
