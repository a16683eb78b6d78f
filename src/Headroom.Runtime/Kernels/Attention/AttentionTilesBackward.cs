using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.Kernels.Linear;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>The gradients of whole heads: the weights of a block of queries are made again from the log-sum-exp, then used for all three.</summary>
/// <remarks>Dao et al., arXiv:2205.14135, appendix B.2: <c>dv = pᵀ dy, ds = p ∘ (dy vᵀ - Σ dy ∘ y), dq = ds k, dk = dsᵀ q</c>.</remarks>
internal unsafe struct AttentionTilesBackward : IRangeKernel
{
    /// <summary>Queries of a block: enough that sums over them are worth reading and writing the keys' gradients, few enough for the second-level cache.</summary>
    private const long Block = 8 * ProductTile.Rows;

    public AttentionShape Shape;
    public HeadMatrices DY, Q, K, V, Y, DQ, DK, DV;
    public SeenKeys Keys;

    /// <summary><c>[batch, queries, heads]</c>.</summary>
    public float* LogSumExp;

    public readonly void Run(long begin, long end)
    {
        long width = Shape.Width, pitch = AttentionTilesForward.Padded(Shape.Keys) + 16, turned = PackedPanels.Floats(Shape.Keys, width), straight = PackedPanels.Floats(width, Shape.Keys), block = PackedPanels.Floats(width, Block);
        float* keysTurned = ThreadScratch.Floats(2 * turned + straight + 2 * block + 2 * Block * pitch + pitch), valuesTurned = keysTurned + turned, keys = valuesTurned + turned;
        float* right = keys + straight, p = right + 2 * block, d = p + Block * pitch, added = d + Block * pitch;
        for (long at = begin; at < end; at++)
        {
            long batch = at / Shape.Heads, head = at % Shape.Heads, all = Keys.Of(batch, added);
            PackedPanels.Fill(K.Turned(batch, head), all, width, keysTurned);
            PackedPanels.Fill(V.Turned(batch, head), all, width, valuesTurned);
            if (DQ.Wanted) PackedPanels.Fill(K.Of(batch, head), width, all, keys);
            Clear(DK, batch, head);
            Clear(DV, batch, head);
            Matrix q = Q.Of(batch, head), dy = DY.Of(batch, head);
            for (long first = 0; first < Shape.Queries; first += Block)
            {
                long rows = Math.Min(Block, Shape.Queries - first), seen = Keys.Seen(first + rows - 1, all);
                for (long strip = 0; strip < rows; strip += ProductTile.Rows)
                {
                    // What later queries of the block see and this strip doesn't is never read: it is zero.
                    long count = Math.Min(ProductTile.Rows, rows - strip), width16 = AttentionTilesForward.Padded(Keys.Seen(first + strip + count - 1, all));
                    ProductBlock.Run(q.At(first + strip, 0), keysTurned, width * ProductTile.Columns, count, width16, width, null, 0, p + strip * pitch, pitch);
                    ProductBlock.Run(dy.At(first + strip, 0), valuesTurned, width * ProductTile.Columns, count, width16, width, null, 0, d + strip * pitch, pitch);
                    for (long i = strip; i < strip + count; i++)
                    {
                        long query = first + i;
                        float* dyRow = DY.Data(batch, head) + query * DY.Row, yRow = Y.Data(batch, head) + query * Y.Row;
                        Row(p + i * pitch, d + i * pitch, Keys.Masked ? added : null, Keys.Seen(query, all), seen, LogSumExp[(batch * Shape.Queries + query) * Shape.Heads + head], Dot(dyRow, yRow, width));
                    }
                }
                if (DQ.Wanted) AttentionTilesForward.Sum(new Matrix((nint)d, pitch, 1), keys, all * ProductTile.Columns, rows, width, seen, DQ.Data(batch, head) + first * DQ.Row, DQ.Row);
                if (DK.Wanted) Accumulate(d, pitch, seen, q.At(first, 0), rows, right, DK.Data(batch, head), DK.Row);
                if (DV.Wanted) Accumulate(p, pitch, seen, dy.At(first, 0), rows, right, DV.Data(batch, head), DV.Row);
            }
        }
    }

    /// <summary><c>into[keys, width] += aᵀ b</c> over a block's queries.</summary>
    private readonly void Accumulate(float* a, long pitch, long keys, Matrix b, long rows, float* panels, float* into, long row)
    {
        PackedPanels.Fill(b, Shape.Width, rows, panels);
        ProductBlock.Run(new Matrix((nint)a, 1, pitch), panels, rows * ProductTile.Columns, keys, Shape.Width, rows, into, row, into, row);
    }

    private readonly void Clear(HeadMatrices gradient, long batch, long head)
    {
        if (!gradient.Wanted) return;
        for (long k = 0; k < Shape.Keys; k++) new Span<float>(gradient.Data(batch, head) + k * gradient.Row, (int)Shape.Width).Clear();
    }

    /// <summary>From a query's unscaled scores and its weights' gradients to its weights and the gradients of the unscaled scores; zeros from <paramref name="n"/> to <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Row(float* p, float* d, float* added, long n, long end, float logSumExp, float dot)
    {
        // A query that sees nothing has weights of 0, as e to the power of less than nothing.
        Vector512<float> scale = Vector512.Create(Keys.Scale), shift = Vector512.Create(float.IsNegativeInfinity(logSumExp) ? float.PositiveInfinity : logSumExp), dots = Vector512.Create(dot);
        for (long k = 0; k < n; k += 16)
        {
            Vector512<float> x = Vector512.Load(p + k) * scale;
            if (added != null) x += Vector512.Load(added + k);
            x = VectorMath.Exp(x - shift) & VectorMath.Mask<Ragged>(n - k);
            x.Store(p + k);
            (x * scale * (Vector512.Load(d + k) - dots)).Store(d + k);
        }
        for (long k = (n + 15) / 16 * 16; k < end; k++) p[k] = d[k] = 0;
    }

    private static float Dot(float* a, float* b, long n)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        long k = 0;
        for (; k + 16 <= n; k += 16) sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + k), Vector512.Load(b + k), sum);
        float total = Vector512.Sum(sum);
        for (; k < n; k++) total += a[k] * b[k];
        return total;
    }
}
