using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>One query of one head at a time over the keys up to its position, in blocks, with the softmax's maximum and sum carried along; sums are fp32.</summary>
internal sealed unsafe class CacheAttentionKernel : Kernel<CacheAttention>
{
    // The query, scaled, and the sum of values, of each row.
    protected override long Workspace(CacheAttention op, Signature s)
    {
        CacheAttentionShape a = op.Extents(s);
        return checked(a.Batch * a.Heads * a.Queries * (Lanes(a.Width) + Lanes(a.ValueWidth)) * sizeof(float));
    }

    protected override void Run(CacheAttention op, KernelContext c)
    {
        CacheAttentionShape a = op.Extents(c.Signature);
        long count = CachePositions.Check(c, 3, 4, a.Capacity);
        if (count < a.Queries) c.Output(0).Zero(c.Node.Name);
        ReadOnlySpan<long> s = c.Input(0).Strides;
        long one = a.Packed ? s[2] : s[3];
        var work = new Work
        {
            A = a, Count = count, Scale = (float)(op.Scale ?? 1 / Math.Sqrt(a.Width)), Cap = op.Softcap, Left = op.LeftWindow,
            Query = c.In<byte>(0), Keys = c.In<byte>(1), Values = c.In<byte>(2), Positions = c.In<long>(3), Result = c.Out<byte>(0), Scratch = (float*)c.Workspace,
            BatchStride = s[0], HeadStride = a.Packed ? a.Width * one : s[1], TokenStride = a.Packed ? s[1] : s[2], Stride = one,
        };
        if (c.Signature.Input(0).Element == ElementType.BFloat16) Run<BF16>(work);
        else Run<F32>(work);
    }

    private static void Run<T>(Work work) where T : struct, IElement
    {
        long rows = work.A.Batch * work.A.Heads * work.Count;
        // Short rows are not worth a second thread.
        long grain = Math.Max(1, 32768 / Math.Max(1, (work.Positions[work.Count - 1] + 1) * (work.A.Width + work.A.ValueWidth)));
        if (work.A.Width % 16 == 0 && work.A.ValueWidth % 16 == 0) Workers.For(new RowKernel<T, Whole> { W = work }, rows, grain);
        else Workers.For(new RowKernel<T, Ragged> { W = work }, rows, grain);
    }

    private static long Lanes(long width) => (width + 15) / 16 * 16;

    private struct Work
    {
        public CacheAttentionShape A;
        public long Count, Left, BatchStride, HeadStride, TokenStride, Stride;
        public float Scale, Cap;
        public byte* Query, Keys, Values, Result;
        public long* Positions;
        public float* Scratch;
    }

    private struct RowKernel<T, S> : IRangeKernel where T : struct, IElement where S : struct, IEnding
    {
        private const int Block = 64;

        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            CacheAttentionShape a = W.A;
            float* scores = stackalloc float[Block];
            for (long row = begin; row < end; row++)
            {
                long t = row % W.Count, h = row / W.Count % a.Heads, b = row / W.Count / a.Heads;
                float* q = W.Scratch + row * (Lanes(a.Width) + Lanes(a.ValueWidth)), sum = q + Lanes(a.Width);
                byte* query = W.Query + (b * W.BatchStride + h * W.HeadStride + t * W.TokenStride) * T.Bytes;
                for (long i = 0; i < Lanes(a.Width); i++) q[i] = i < a.Width ? T.Get(query, i * W.Stride) * W.Scale : 0;
                new Span<float>(sum, (int)Lanes(a.ValueWidth)).Clear();
                long head = (b * a.KeyHeads + h / (a.Heads / a.KeyHeads)) * a.Capacity;
                long high = W.Positions[t] + 1, low = W.Left < 0 ? 0 : Math.Max(0, W.Positions[t] - W.Left);
                float most = float.NegativeInfinity, total = 0;
                for (long from = low; from < high; from += Block)
                {
                    int n = (int)Math.Min(Block, high - from);
                    float top = most;
                    for (int k = 0; k < n; k++)
                    {
                        float score = Dot(q, W.Keys + (head + from + k) * a.Width * T.Bytes, a.Width);
                        if (W.Cap > 0) score = W.Cap * MathF.Tanh(score / W.Cap);
                        scores[k] = score;
                        top = Math.Max(top, score);
                    }
                    float before = MathF.Exp(most - top);
                    total *= before;
                    for (long i = 0; i < Lanes(a.ValueWidth); i += 16) (Vector512.Load(sum + i) * before).Store(sum + i);
                    for (int k = 0; k < n; k++)
                    {
                        float weight = MathF.Exp(scores[k] - top);
                        total += weight;
                        Add(sum, W.Values + (head + from + k) * a.ValueWidth * T.Bytes, a.ValueWidth, weight);
                    }
                    most = top;
                }
                long at = a.Packed ? ((b * a.Queries + t) * a.Heads + h) * a.ValueWidth : ((b * a.Heads + h) * a.Queries + t) * a.ValueWidth;
                byte* result = W.Result + at * T.Bytes;
                for (long i = 0; i < a.ValueWidth; i += 16) T.Store<S>(result, i, a.ValueWidth, Vector512.Load(sum + i) / total);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Dot(float* q, byte* key, long width)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (long i = 0; i < width; i += 16) sum = Vector512.FusedMultiplyAdd(Vector512.Load(q + i), T.Load<S>(key, i, width), sum);
            return Vector512.Sum(sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(float* sum, byte* value, long width, float weight)
        {
            Vector512<float> w = Vector512.Create(weight);
            for (long i = 0; i < width; i += 16) Vector512.FusedMultiplyAdd(w, T.Load<S>(value, i, width), Vector512.Load(sum + i)).Store(sum + i);
        }
    }
}
