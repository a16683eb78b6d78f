using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>Work that is compiled for a storage.</summary>
internal interface ILanesWork
{
    void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>;
}

internal static unsafe class Lanes
{
    /// <summary>Runs the work in the form of an element type.</summary>
    public static void Run<TWork>(ElementType element, TWork work) where TWork : struct, ILanesWork
    {
        switch (element)
        {
            case ElementType.Float32: work.Run<NativeLanes<float>, float>(); break;
            case ElementType.BFloat16: work.Run<BFloat16Lanes, float>(); break;
            case ElementType.Float16: work.Run<HalfLanes, float>(); break;
            default: work.Run<NativeLanes<double>, double>(); break;
        }
    }

    /// <summary>The type that an element type is computed in.</summary>
    public static ElementType Computed(ElementType element) => element == ElementType.Float64 ? element : ElementType.Float32;

    /// <summary>Bytes of so many numbers that are computed with, in whole cache lines.</summary>
    public static long Room(long count, ElementType element) => (count * Computed(element).Size() + 63) / 64 * 64;

    /// <summary>Sum of a run of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static C Sum<T, C>(byte* x, long n) where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        int lanes = Vector512<C>.Count;
        Vector512<C> a = Vector512<C>.Zero, b = a;
        long i = 0;
        for (; i + 2 * lanes <= n; i += 2 * lanes)
        {
            a += T.Load(x + i * T.Bytes);
            b += T.Load(x + (i + lanes) * T.Bytes);
        }
        for (; i + lanes <= n; i += lanes) a += T.Load(x + i * T.Bytes);
        C sum = Vector512.Sum(a + b);
        for (; i < n; i++) sum += T.Get(x + i * T.Bytes, 0);
        return sum;
    }

    /// <summary>Sum of the squared distances of a run of elements from a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static C Squares<T, C>(byte* x, long n, C from) where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        int lanes = Vector512<C>.Count;
        Vector512<C> a = Vector512<C>.Zero, b = a, m = Vector512.Create(from);
        long i = 0;
        for (; i + 2 * lanes <= n; i += 2 * lanes)
        {
            Vector512<C> u = T.Load(x + i * T.Bytes) - m, v = T.Load(x + (i + lanes) * T.Bytes) - m;
            a += u * u;
            b += v * v;
        }
        for (; i + lanes <= n; i += lanes)
        {
            Vector512<C> u = T.Load(x + i * T.Bytes) - m;
            a += u * u;
        }
        C sum = Vector512.Sum(a + b);
        for (; i < n; i++)
        {
            C u = T.Get(x + i * T.Bytes, 0) - from;
            sum += u * u;
        }
        return sum;
    }

    /// <summary>Mean (0 where it isn't taken off) and <c>1 / √(variance + ε)</c> of a run: twice over it, so that values far from zero keep their digits.</summary>
    public static (C Mean, C Inverse) Statistics<T, C>(byte* x, long n, double epsilon, bool centred) where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        C count = C.CreateChecked(n), mean = centred ? Sum<T, C>(x, n) / count : C.Zero;
        return (mean, C.One / C.Sqrt(Squares<T, C>(x, n, mean) / count + C.CreateChecked(epsilon)));
    }
}
