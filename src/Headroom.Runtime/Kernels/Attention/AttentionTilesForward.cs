using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.Kernels.Linear;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>The result of whole heads: scores of twelve queries, their softmax, and the sum of values weighed by it, before the next twelve.</summary>
internal unsafe struct AttentionTilesForward : IRangeKernel
{
    public AttentionShape Shape;
    public HeadMatrices Q, K, V, Y;
    public SeenKeys Keys;

    /// <summary><c>[batch, queries, heads]</c>, or null.</summary>
    public float* LogSumExp;

    public readonly void Run(long begin, long end)
    {
        long width = Shape.Width, pitch = Padded(Shape.Keys) + 16;
        float* keys = ThreadScratch.Floats(PackedPanels.Floats(Shape.Keys, width) + PackedPanels.Floats(width, Shape.Keys) + (ProductTile.Rows + 1) * pitch);
        float* values = keys + PackedPanels.Floats(Shape.Keys, width), scores = values + PackedPanels.Floats(width, Shape.Keys), added = scores + ProductTile.Rows * pitch;
        for (long at = begin; at < end; at++)
        {
            long batch = at / Shape.Heads, head = at % Shape.Heads, all = Keys.Of(batch, added);
            PackedPanels.Fill(K.Turned(batch, head), all, width, keys);
            PackedPanels.Fill(V.Of(batch, head), width, all, values);
            Matrix q = Q.Of(batch, head);
            float* y = Y.Data(batch, head);
            for (long first = 0; first < Shape.Queries; first += ProductTile.Rows)
            {
                long rows = Math.Min(ProductTile.Rows, Shape.Queries - first), seen = Keys.Seen(first + rows - 1, all);
                ProductBlock.Run(q.At(first, 0), keys, width * ProductTile.Columns, rows, Padded(seen), width, null, 0, scores, pitch);
                for (long i = 0; i < rows; i++)
                {
                    float logSumExp = Softmax(scores + i * pitch, Keys.Masked ? added : null, Keys.Seen(first + i, all), seen);
                    if (LogSumExp != null) LogSumExp[(batch * Shape.Queries + first + i) * Shape.Heads + head] = logSumExp;
                }
                Sum(new Matrix((nint)scores, pitch, 1), values, all * ProductTile.Columns, rows, width, seen, y + first * Y.Row, Y.Row);
            }
        }
    }

    /// <summary>A multiple of a panel's width.</summary>
    public static long Padded(long keys) => (keys + ProductTile.Columns - 1) / ProductTile.Columns * ProductTile.Columns;

    /// <summary>A product whose inner axis may be longer than a block is deep; over nothing it gives zeros.</summary>
    public static void Sum(Matrix a, float* panels, long panelStride, long rows, long width, long inner, float* c, long row)
    {
        if (inner == 0) for (long i = 0; i < rows; i++) new Span<float>(c + i * row, (int)width).Clear();
        for (long step = 0; step < inner; step += PackedPanels.Depth)
            ProductBlock.Run(a.At(0, step), panels + step * ProductTile.Columns, panelStride, rows, width, Math.Min(PackedPanels.Depth, inner - step), step > 0 ? c : null, row, c, row);
    }

    /// <summary>Over the first <paramref name="n"/> scores of a row; zeros from there to <paramref name="end"/>. Gives the log of the sum of exponentials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float Softmax(float* s, float* added, long n, long end)
    {
        Vector512<float> scale = Vector512.Create(Keys.Scale), floor = Vector512.Create(float.NegativeInfinity), most = floor, sum = Vector512<float>.Zero;
        for (long k = 0; k < n; k += 16)
        {
            Vector512<float> x = Vector512.Load(s + k) * scale;
            if (added != null) x += Vector512.Load(added + k);
            x = Vector512.ConditionalSelect(VectorMath.Mask<Ragged>(n - k), x, floor);
            x.Store(s + k);
            most = Vector512.MaxNative(x, most);
        }
        float max = n == 0 ? float.NegativeInfinity : VectorMath.Max(most);
        Vector512<float> shift = Vector512.Create(float.IsNegativeInfinity(max) ? 0 : max);
        for (long k = 0; k < n; k += 16)
        {
            Vector512<float> e = VectorMath.Exp(Vector512.Load(s + k) - shift);
            e.Store(s + k);
            sum += e;
        }
        float total = Vector512.Sum(sum);
        Vector512<float> norm = Vector512.Create(total > 0 ? 1 / total : total == 0 ? 0 : float.NaN);
        for (long k = 0; k < n; k += 16) (Vector512.Load(s + k) * norm).Store(s + k);
        for (long k = (n + 15) / 16 * 16; k < end; k++) s[k] = 0;
        return total > 0 ? max + MathF.Log(total) : total == 0 ? float.NegativeInfinity : float.NaN;
    }
}
