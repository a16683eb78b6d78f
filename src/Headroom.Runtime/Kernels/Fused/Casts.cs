using System.Runtime.CompilerServices;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Between fp32 and bf16, rounded to nearest, ties to even.</summary>
public static unsafe class Casts
{
    /// <summary>Copies <paramref name="count"/> elements, converting where the types differ.</summary>
    public static void Run(void* source, ScalarType sourceType, void* target, ScalarType targetType, long count)
    {
        long blocks = (count + 15) / 16;
        switch (Storage.IsBF16(sourceType), Storage.IsBF16(targetType))
        {
            case (false, false): Workers.For(new Kernel<F32, F32> { Source = source, Target = target, Count = count }, blocks, 1024); break;
            case (false, true): Workers.For(new Kernel<F32, BF16> { Source = source, Target = target, Count = count }, blocks, 1024); break;
            case (true, true): Workers.For(new Kernel<BF16, BF16> { Source = source, Target = target, Count = count }, blocks, 1024); break;
            case (true, false): Workers.For(new Kernel<BF16, F32> { Source = source, Target = target, Count = count }, blocks, 1024); break;
        }
    }

    struct Kernel<TSource, TTarget> : IRangeKernel where TSource : struct, IElement where TTarget : struct, IElement
    {
        public void* Source, Target;
        public long Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long last = Math.Min(end * 16, Count), whole = last / 16 * 16;
            Range<Whole>(begin * 16, whole);
            Range<Ragged>(whole, last);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Range<S>(long begin, long n) where S : struct, IEnding
        {
            for (long i = begin; i < n; i += 16) TTarget.Store<S>(Target, i, n, TSource.Load<S>(Source, i, n));
        }
    }
}
