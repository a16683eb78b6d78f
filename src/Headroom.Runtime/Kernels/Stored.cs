using System.Numerics;
using Headroom.Graph;

namespace Headroom.Runtime.Kernels;

/// <summary>How elements are stored, and the type that they are computed in: double for floating types, long for integers. A struct without fields, so that each loop is compiled for each storage.</summary>
internal unsafe interface IStored<T> where T : unmanaged, INumber<T>
{
    static abstract T Load(void* data, long i);

    static abstract void Store(void* data, long i, T value);
}

/// <summary>Any storage that <see cref="IScalar"/> knows, computed in double.</summary>
internal readonly unsafe struct FloatStored<TScalar> : IStored<double> where TScalar : struct, IScalar
{
    public static double Load(void* data, long i) => TScalar.Read(data, i);

    public static void Store(void* data, long i, double value) => TScalar.Write(data, i, value);
}

/// <summary>Integers, computed in long; what doesn't fit wraps around.</summary>
internal readonly unsafe struct IntegerStored<TInteger> : IStored<long> where TInteger : unmanaged, IBinaryInteger<TInteger>
{
    public static long Load(void* data, long i) => long.CreateTruncating(((TInteger*)data)[i]);

    public static void Store(void* data, long i, long value) => ((TInteger*)data)[i] = TInteger.CreateTruncating(value);
}

/// <summary>Integers, computed in double and cut off towards zero.</summary>
internal readonly unsafe struct RealStored<TInteger> : IStored<double> where TInteger : unmanaged, IBinaryInteger<TInteger>
{
    public static double Load(void* data, long i) => double.CreateTruncating(((TInteger*)data)[i]);

    public static void Store(void* data, long i, double value) => ((TInteger*)data)[i] = TInteger.CreateSaturating(value);
}

/// <summary>Work that is the same for every storage.</summary>
internal interface IStoredWork
{
    void Run<TStored, T>() where TStored : struct, IStored<T> where T : unmanaged, INumber<T>;
}

internal static class Stored
{
    /// <summary>Runs the work in the storage of an element type; bool counts as uint8.</summary>
    /// <param name="element">The type.</param>
    /// <param name="work">The work.</param>
    /// <param name="real">Whether integers, too, are computed in double.</param>
    public static void Run<TWork>(ElementType element, TWork work, bool real = false) where TWork : struct, IStoredWork
    {
        switch (element)
        {
            case ElementType.Float32: work.Run<FloatStored<Float32Scalar>, double>(); break;
            case ElementType.Float64: work.Run<FloatStored<Float64Scalar>, double>(); break;
            case ElementType.Float16: work.Run<FloatStored<Float16Scalar>, double>(); break;
            case ElementType.BFloat16: work.Run<FloatStored<BFloat16Scalar>, double>(); break;
            case ElementType.Int64: Integer<TWork, long>(work, real); break;
            case ElementType.Int32: Integer<TWork, int>(work, real); break;
            case ElementType.Int8: Integer<TWork, sbyte>(work, real); break;
            default: Integer<TWork, byte>(work, real); break;
        }
    }

    private static void Integer<TWork, TInteger>(TWork work, bool real) where TWork : struct, IStoredWork where TInteger : unmanaged, IBinaryInteger<TInteger>
    {
        if (real) work.Run<RealStored<TInteger>, double>();
        else work.Run<IntegerStored<TInteger>, long>();
    }
}
