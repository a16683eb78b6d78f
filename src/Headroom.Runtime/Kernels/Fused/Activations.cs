using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>An activation over sixteen fp32 lanes. A struct without fields, so that each kernel is compiled for each.</summary>
internal interface IActivation
{
    /// <summary><c>y</c>.</summary>
    static abstract Vector512<float> Value(Vector512<float> x);

    /// <summary><c>dx</c> from <c>dy</c> and what the forward pass kept; gives <paramref name="y"/> too, for which most of the work is done.</summary>
    static abstract Vector512<float> Gradient(Vector512<float> dy, Vector512<float> kept, out Vector512<float> y);
}

/// <summary><c>max(x, 0)</c>; keeps y. NaN stays NaN.</summary>
internal readonly struct Rectifier : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), Vector512<float>.Zero, x);

    // Not a product with 0 or 1: an infinite dy behind a closed gate is 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> dy, Vector512<float> kept, out Vector512<float> y)
    {
        y = kept;
        return dy & Vector512.GreaterThan(kept, Vector512<float>.Zero);
    }
}

/// <summary><c>x · Φ(x)</c>; keeps x.</summary>
/// <remarks>Hendrycks and Gimpel, arXiv:1606.08415; ONNX <c>Gelu</c>. Φ within 2e-7.</remarks>
internal readonly struct ExactGelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * VectorMath.Cumulative(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> dy, Vector512<float> kept, out Vector512<float> y)
    {
        Vector512<float> cumulative = VectorMath.Normal(kept, out Vector512<float> density);
        y = kept * cumulative;
        return dy * Vector512.FusedMultiplyAdd(kept, density, cumulative);
    }
}

/// <summary><c>x · ½ (1 + tanh u)</c> with <c>u = √(2/π) (x + 0.044715 x³)</c>, which is <c>x · σ(2u)</c>; keeps x.</summary>
/// <remarks>Hendrycks and Gimpel, arXiv:1606.08415, section 2; ONNX <c>Gelu</c> with <c>approximate = tanh</c>. As a sigmoid it loses no digits where tanh comes close to -1.</remarks>
internal readonly struct TanhGelu : IActivation
{
    private const float Root = 0.797884561f; // √(2/π)
    private const float Cubic = 0.044715f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * Gate(x, x * x);

    // dy · (σ + x σ (1 - σ) · 2u').
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> dy, Vector512<float> kept, out Vector512<float> y)
    {
        Vector512<float> square = kept * kept, gate = Gate(kept, square);
        y = kept * gate;
        Vector512<float> slope = Vector512.FusedMultiplyAdd(square, Vector512.Create(6 * Root * Cubic), Vector512.Create(2 * Root));
        return dy * Vector512.FusedMultiplyAdd(y * (Vector512<float>.One - gate), slope, gate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gate(Vector512<float> x, Vector512<float> square)
    {
        Vector512<float> minusTwice = x * Vector512.FusedMultiplyAdd(square, Vector512.Create(-2 * Root * Cubic), Vector512.Create(-2 * Root));
        return Vector512<float>.One / (Vector512<float>.One + VectorMath.Exp(minusTwice));
    }
}
