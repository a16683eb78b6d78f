using System.Numerics;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>How elements are brought into one. The state is a pair, of which most reductions use the first number.</summary>
internal interface IReduction
{
    /// <summary>Whether integers are computed in double, and the result cut off.</summary>
    static virtual bool Real => false;

    static abstract T Start<T>() where T : unmanaged, INumber<T>;

    static abstract void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T>;

    /// <summary>Adds another state.</summary>
    static virtual void Merge<T>(ref T a, ref T b, T otherA, T otherB) where T : unmanaged, INumber<T> => a += otherA;

    static virtual T Finish<T>(T a, T b, long count) where T : unmanaged, INumber<T> => a;
}

internal readonly struct SumReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T> => T.Zero;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a = unchecked(a + x);
}

internal readonly struct MeanReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T> => T.Zero;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a = unchecked(a + x);

    public static T Finish<T>(T a, T b, long count) where T : unmanaged, INumber<T> => typeof(T) == typeof(long) && count == 0 ? T.Zero : a / T.CreateTruncating(count);
}

internal readonly struct AbsoluteSumReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T> => T.Zero;

    // Not Abs, which throws at the least long.
    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a = unchecked(x < T.Zero ? a - x : a + x);
}

internal readonly struct SquareSumReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T> => T.Zero;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a = unchecked(a + x * x);
}

internal readonly struct NormReduction : IReduction
{
    public static bool Real => true;

    public static T Start<T>() where T : unmanaged, INumber<T> => T.Zero;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a += x * x;

    public static T Finish<T>(T a, T b, long count) where T : unmanaged, INumber<T> => T.CreateTruncating(Math.Sqrt(double.CreateTruncating(a)));
}

internal readonly struct LogSumReduction : IReduction
{
    public static bool Real => true;

    public static T Start<T>() where T : unmanaged, INumber<T> => T.Zero;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a += x;

    public static T Finish<T>(T a, T b, long count) where T : unmanaged, INumber<T> => T.CreateTruncating(Math.Log(double.CreateTruncating(a)));
}

/// <summary>The state is the maximum so far and the sum of exponentials beside it.</summary>
internal readonly struct LogSumExpReduction : IReduction
{
    public static bool Real => true;

    public static T Start<T>() where T : unmanaged, INumber<T> => T.CreateTruncating(double.NegativeInfinity);

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => Merge(ref a, ref b, x, T.One);

    public static void Merge<T>(ref T a, ref T b, T otherA, T otherB) where T : unmanaged, INumber<T>
    {
        if (otherA > a)
        {
            b = b * Exp(a - otherA) + otherB;
            a = otherA;
        }
        // Infinities less themselves are no number; alike, they count in full.
        else if (a == otherA) b += otherB;
        else b += otherB * Exp(otherA - a);
    }

    public static T Finish<T>(T a, T b, long count) where T : unmanaged, INumber<T> => T.IsNegativeInfinity(a) && !T.IsNaN(b) ? a : a + T.CreateTruncating(Math.Log(double.CreateTruncating(b)));

    private static T Exp<T>(T x) where T : unmanaged, INumber<T> => T.CreateTruncating(Math.Exp(double.CreateTruncating(x)));
}

internal readonly struct ProductReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T> => T.One;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a = unchecked(a * x);

    public static void Merge<T>(ref T a, ref T b, T otherA, T otherB) where T : unmanaged, INumber<T> => a = unchecked(a * otherA);
}

/// <summary>The product of the elements that aren't zero: what the gradient of a product divides.</summary>
internal readonly struct NonzeroProductReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T> => T.One;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a = T.IsZero(x) ? a : a * x;

    public static void Merge<T>(ref T a, ref T b, T otherA, T otherB) where T : unmanaged, INumber<T> => a *= otherA;
}

/// <summary>How many elements are zero.</summary>
internal readonly struct ZeroCountReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T> => T.Zero;

    public static void Add<T>(ref T a, ref T b, T x) where T : unmanaged, INumber<T> => a = T.IsZero(x) ? a + T.One : a;
}
