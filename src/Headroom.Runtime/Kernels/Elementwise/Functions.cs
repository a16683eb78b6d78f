using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>A function of two numbers, alone and on a register of them. A struct without fields, so that each loop is compiled for each function.</summary>
internal interface IBinaryFunction
{
    static abstract T Of<T>(T a, T b) where T : unmanaged, INumber<T>;

    static abstract Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T>;

    /// <summary>Whether the vector form holds for integers.</summary>
    static virtual bool Integers => true;

    /// <summary>Whether there is a vector form at all.</summary>
    static virtual bool Vectors => true;
}

internal readonly struct AddFunction : IBinaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T> => unchecked(a + b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => a + b;
}

internal readonly struct SubFunction : IBinaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T> => unchecked(a - b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => a - b;
}

internal readonly struct MulFunction : IBinaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T> => unchecked(a * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => a * b;
}

/// <summary>Integers by zero give zero: a trap on a native thread would take the process down.</summary>
internal readonly struct DivFunction : IBinaryFunction
{
    public static bool Integers => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return a / b;
        if (T.IsZero(b)) return T.Zero;
        return T.IsNegative(b) && T.IsZero(b + T.One) ? unchecked(T.Zero - a) : a / b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => a / b;
}

/// <summary><c>max(a, 0)</c>, NaN kept; b is not looked at.</summary>
internal readonly struct ReluFunction : IBinaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T> => a < T.Zero ? T.Zero : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T>
        => Vector512.AndNot(a, Vector512.LessThan(a, Vector512<T>.Zero));
}

/// <summary><c>b ≤ 0 ? 0 : a</c> on a gradient and an activation; where the activation is NaN the gradient shows.</summary>
internal readonly struct ReluGradientFunction : IBinaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T> => b <= T.Zero ? T.Zero : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T>
        => Vector512.AndNot(a, Vector512.LessThanOrEqual(b, Vector512<T>.Zero));
}

/// <summary><c>sign(a)</c>, NaN kept; b is not looked at.</summary>
internal readonly struct SignFunction : IBinaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T> => a > T.Zero ? T.One : a < T.Zero ? T.Zero - T.One : a + T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T>
        => Vector512.ConditionalSelect(Vector512.GreaterThan(a, Vector512<T>.Zero), Vector512<T>.One,
            Vector512.ConditionalSelect(Vector512.LessThan(a, Vector512<T>.Zero), Vector512<T>.Zero - Vector512<T>.One, a + Vector512<T>.Zero));
}

/// <summary><c>a &lt; 0 ? b · a : a</c>: a number and its slope.</summary>
internal readonly struct PReluFunction : IBinaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T> => a < T.Zero ? unchecked(a * b) : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T>
        => Vector512.ConditionalSelect(Vector512.LessThan(a, Vector512<T>.Zero), a * b, a);
}
