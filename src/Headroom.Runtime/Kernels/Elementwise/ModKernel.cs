using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Elementwise;

internal sealed class ModKernel : Kernel<Mod>
{
    protected override void Run(Mod op, KernelContext c)
    {
        if (op.Fmod) BinaryKernel<Mod, RemainderFunction>.Run(c, c.Input(0), c.Input(1));
        else BinaryKernel<Mod, ModuloFunction>.Run(c, c.Input(0), c.Input(1));
    }
}

/// <summary>The remainder with the dividend's sign. Integers by zero give zero, by -1 as well, where the processor would trap.</summary>
internal readonly struct RemainderFunction : IBinaryFunction
{
    public static bool Vectors => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return a % b;
        return T.IsZero(b) || (T.IsNegative(b) && T.IsZero(b + T.One)) ? T.Zero : a % b;
    }

    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => throw new NotSupportedException();
}

/// <summary>The remainder with the divisor's sign; integers by zero give zero.</summary>
internal readonly struct ModuloFunction : IBinaryFunction
{
    public static bool Vectors => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T a, T b) where T : unmanaged, INumber<T>
    {
        T r = RemainderFunction.Of(a, b);
        return !T.IsZero(r) && T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }

    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => throw new NotSupportedException();
}
