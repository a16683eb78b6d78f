using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>
/// Adds rows back to where they came from. For each row of the table the working space holds the chain of the indices that name it, in their order; then every row is written once,
/// zeros where the chain is empty, summed in fp32 (fp64 for fp64) however it is stored. Threads share out rows, so their number doesn't change a bit.
/// </summary>
internal sealed unsafe class GatherGradientKernel : Kernel<GatherGradient>
{
    private const int Chunk = 256;

    protected override long Workspace(GatherGradient op, Signature s) => (new Shape(op.Extents)[new Shape(op.Extents).Axis(op.Axis)] + s.Input(1).Elements) * sizeof(int);

    protected override void Run(GatherGradient op, KernelContext c)
    {
        TensorType dx = c.Signature.Output(0);
        if (dx.Elements == 0) return;
        var table = new Table(dx.Shape, op.Axis);
        long count = c.Signature.Input(1).Elements;
        Indices indices = Indices.Of(c, 1, table.Extent);
        int* heads = (int*)c.Workspace, next = heads + table.Extent;
        new Span<int>(heads, (int)table.Extent).Fill(-1);
        for (long i = count - 1; i >= 0; i--)
        {
            int* head = heads + indices[i];
            next[i] = *head;
            *head = (int)i;
        }
        var kernel = new Loop
        {
            Dy = c.In<byte>(0), Dx = c.Out<byte>(0), Heads = heads, Next = next, Count = count, Extent = table.Extent, Inner = table.Inner, Element = dx.Element,
        };
        Workers.For(kernel, table.Outer * table.Extent, Math.Max(1, (1 << 13) / table.Inner));
    }

    private struct Loop : IRangeKernel
    {
        public byte* Dy, Dx;
        public int* Heads, Next;
        public long Count, Extent, Inner;
        public ElementType Element;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            int size = Element.Size();
            for (long row = begin; row < end; row++)
            {
                byte* target = Dx + row * Inner * size, source = Dy + row / Extent * Count * Inner * size;
                int head = Heads[row % Extent];
                if (head < 0) new Span<byte>(target, checked((int)(Inner * size))).Clear();
                else if (Element == ElementType.Float32) Sum((float*)target, (float*)source, head);
                else if (Element == ElementType.Float64) Sum((double*)target, (double*)source, head);
                else SumHalves((ushort*)target, (ushort*)source, head);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Sum<T>(T* target, T* source, int head) where T : unmanaged, System.Numerics.INumber<T>
        {
            var sum = new Span<T>(target, (int)Inner);
            new ReadOnlySpan<T>(source + head * Inner, (int)Inner).CopyTo(sum);
            for (int i = Next[head]; i >= 0; i = Next[i])
            {
                T* from = source + i * Inner;
                int at = 0;
                for (; at + System.Numerics.Vector<T>.Count <= sum.Length; at += System.Numerics.Vector<T>.Count)
                    (new System.Numerics.Vector<T>(sum[at..]) + Unsafe.ReadUnaligned<System.Numerics.Vector<T>>(from + at)).CopyTo(sum[at..]);
                for (; at < sum.Length; at++) sum[at] += from[at];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void SumHalves(ushort* target, ushort* source, int head)
        {
            bool brain = Element == ElementType.BFloat16;
            float* sum = stackalloc float[Chunk];
            for (long start = 0; start < Inner; start += Chunk)
            {
                long n = Math.Min(Chunk, Inner - start);
                new Span<float>(sum, (int)n).Clear();
                for (int i = head; i >= 0; i = Next[i])
                {
                    ushort* from = source + i * Inner + start;
                    long k = 0;
                    if (brain) for (; k + 16 <= n; k += 16) (Vector512.Load(sum + k) + Fused.BF16.Widen(Vector256.Load(from + k))).Store(sum + k);
                    if (brain) for (; k < n; k++) sum[k] += BitConverter.UInt32BitsToSingle((uint)from[k] << 16);
                    else for (; k < n; k++) sum[k] += (float)BitConverter.UInt16BitsToHalf(from[k]);
                }
                long j = 0;
                if (brain) for (; j + 16 <= n; j += 16) Fused.BF16.Narrow(Vector512.Load(sum + j)).Store(target + start + j);
                if (brain) for (; j < n; j++) target[start + j] = Fused.BF16.Round(sum[j]);
                else for (long k = 0; k < n; k++) target[start + k] = BitConverter.HalfToUInt16Bits((Half)sum[k]);
            }
        }
    }
}
