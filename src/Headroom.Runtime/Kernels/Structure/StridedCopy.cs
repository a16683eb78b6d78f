using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>Copies elements between any strides, negative ones as well, which libtorch's tensors don't have.</summary>
internal static unsafe class StridedCopy
{
    /// <param name="source">The first element read.</param>
    /// <param name="sourceStrides">In elements.</param>
    /// <param name="target">The first element written.</param>
    /// <param name="targetStrides">In elements; no two elements may meet.</param>
    /// <param name="extents">Of both.</param>
    /// <param name="size">Bytes of an element: 1, 2, 4 or 8.</param>
    public static void Run(byte* source, ReadOnlySpan<long> sourceStrides, byte* target, ReadOnlySpan<long> targetStrides, ReadOnlySpan<long> extents, int size)
    {
        long count = 1;
        foreach (long e in extents) count *= e;
        if (count == 0) return;
        long inner = extents.Length == 0 ? 1 : extents[^1];
        // A short innermost axis is walked together with the next one: finding a row's place costs as much as a few elements.
        bool two = extents.Length > 1 && inner < 16;
        int outer = Math.Max(extents.Length - (two ? 2 : 1), 0);
        long middle = two ? extents[^2] : 1;
        fixed (long* e = extents, s = sourceStrides, t = targetStrides)
        {
            var kernel = new Kernel
            {
                Source = source, Target = target, Extents = e, SourceStrides = s, TargetStrides = t, Outer = outer, Middle = middle, Inner = inner, Size = size,
                SourceStep = extents.Length == 0 ? 0 : sourceStrides[^1],
                TargetStep = extents.Length == 0 ? 0 : targetStrides[^1],
                SourceMiddle = two ? sourceStrides[^2] : 0,
                TargetMiddle = two ? targetStrides[^2] : 0,
            };
            Workers.For(kernel, count / inner / middle, Math.Max(1, (1 << 14) / inner / middle));
        }
    }

    private struct Kernel : IRangeKernel
    {
        public byte* Source, Target;
        public long* Extents, SourceStrides, TargetStrides;
        public long Middle, SourceMiddle, TargetMiddle, Inner, SourceStep, TargetStep;
        public int Outer, Size;

        public readonly void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                long rest = row, from = 0, to = 0;
                for (int i = Outer - 1; i >= 0; i--)
                {
                    from += rest % Extents[i] * SourceStrides[i];
                    to += rest % Extents[i] * TargetStrides[i];
                    rest /= Extents[i];
                }
                for (long m = 0; m < Middle; m++) Copy(Source + (from + m * SourceMiddle) * Size, Target + (to + m * TargetMiddle) * Size);
            }
        }

        private readonly void Copy(byte* s, byte* t)
        {
            if (SourceStep == 1 && TargetStep == 1 && Inner >= 16) Buffer.MemoryCopy(s, t, Inner * Size, Inner * Size);
            else if (Size == 8) for (long i = 0; i < Inner; i++) ((ulong*)t)[i * TargetStep] = ((ulong*)s)[i * SourceStep];
            else if (Size == 4) for (long i = 0; i < Inner; i++) ((uint*)t)[i * TargetStep] = ((uint*)s)[i * SourceStep];
            else if (Size == 2) for (long i = 0; i < Inner; i++) ((ushort*)t)[i * TargetStep] = ((ushort*)s)[i * SourceStep];
            else for (long i = 0; i < Inner; i++) t[i * TargetStep] = s[i * SourceStep];
        }
    }
}
