using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Headroom.Runtime.Kernels.Elementwise.LaneMath;

namespace Headroom.Runtime.Kernels.Elementwise;

// a is the gradient dy, b what the operator's class says: x or y.

/// <summary><c>dy · sign(x)</c>.</summary>
internal readonly struct AbsGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => If(Above(b, 0), a, If(Below(b, 0), -a, a * b)); // 0 and NaN come through the product
}

/// <summary><c>-dy · y²</c>.</summary>
internal readonly struct ReciprocalGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => -a * (b * b);
}

/// <summary><c>dy / (2 y)</c>.</summary>
internal readonly struct SqrtGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a / (b + b);
}

/// <summary><c>dy · 2/√π · e^(-x²)</c>.</summary>
internal readonly struct ErfGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a * (Exp(-(b * b)) * Splat<T>(1.1283791670955126));
}

/// <summary><c>dy · cos x</c>.</summary>
internal readonly struct SinGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => a * Cos(b);
}

/// <summary><c>-dy · sin x</c>.</summary>
internal readonly struct CosGradientFunction : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged => -a * Sin(b);
}

/// <summary><c>min ≤ x ≤ max ? dy : 0</c>.</summary>
internal readonly struct ClipGradientFunction(double min, double max) : ILaneFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
        => a & Vector512.GreaterThanOrEqual(b, Splat<T>(min)) & Vector512.LessThanOrEqual(b, Splat<T>(max));
}
