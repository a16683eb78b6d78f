using System.Runtime.CompilerServices;
using Headroom.Graph;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>
/// How a tensor of any strides is walked by a reduction: the kept axes in the result's order, the reduced ones in any. Neighbours that lie behind one another count as one axis.
/// Where the innermost axis is kept, a block of neighbouring results is reduced at once, so that memory is read in the order in which it lies.
/// </summary>
internal unsafe struct ReduceWalk
{
    public const int Block = 64;
    private const int Most = 12, Partials = 64;
    private fixed long _kept[Most];
    private fixed long _keptStride[Most];
    private fixed long _reduced[Most];
    private fixed long _reducedStride[Most];
    private int _keptAxes, _reducedAxes;

    /// <summary>How many elements fall into one, and how many results there are.</summary>
    public long Count, Results;

    /// <summary>The innermost run of kept elements that is done in blocks: its extent and stride; 1 and 0 where single results are reduced.</summary>
    public long Lanes, LaneStride;

    /// <summary>The innermost run of reduced elements.</summary>
    public long Run, RunStride;

    /// <summary>Into how many pieces each reduction is cut: few large ones are, at places that don't depend on the number of threads.</summary>
    public long Parts, PartLength;

    /// <param name="extents">Of the tensor.</param>
    /// <param name="strides">In elements.</param>
    /// <param name="reduced">Which axes are reduced; the others are the result's, in this order.</param>
    /// <param name="node">For the message.</param>
    public static ReduceWalk Create(ReadOnlySpan<long> extents, ReadOnlySpan<long> strides, ReadOnlySpan<bool> reduced, string node)
    {
        var w = new ReduceWalk { Count = 1, Results = 1 };
        for (int i = extents.Length - 1; i >= 0; i--)
        {
            if (reduced[i]) w.Count *= extents[i];
            else w.Results *= extents[i];
            if (extents[i] == 1) continue;
            if (reduced[i]) Append(w._reduced, w._reducedStride, ref w._reducedAxes, extents[i], strides[i], node);
            else Append(w._kept, w._keptStride, ref w._keptAxes, extents[i], strides[i], node);
        }
        // Nothing is read then, and no run is to be of length 0.
        if (w.Count == 0) w._reducedAxes = 0;
        bool blocks = w._keptAxes > 0 && w._reducedAxes > 0 && w._keptStride[0] < w._reducedStride[0];
        (w.Lanes, w.LaneStride) = blocks ? (w._kept[0], w._keptStride[0]) : (1, 0);
        (w.Run, w.RunStride) = w._reducedAxes > 0 ? (w._reduced[0], w._reducedStride[0]) : (1, 0);
        long width = Math.Min(w.Lanes, Block);
        w.Parts = w.Tasks < 16 && w.Count * width > 1 << 16 ? Math.Min(Partials, w.Count * width >> 15) : 1;
        w.PartLength = (w.Count + w.Parts - 1) / w.Parts;
        return w;
    }

    /// <summary>Bytes that the states of pieces may take, whatever the strides turn out to be.</summary>
    public static long Workspace(long count, long results) => results <= 16 * Block && count * Math.Min(results, Block) > 1 << 16 ? results * Partials * 16 : 0;

    /// <summary>Blocks of results.</summary>
    public readonly long Tasks => Results / Math.Max(Lanes, 1) * ((Lanes + Block - 1) / Block);

    /// <summary>A block of results: its first one, its width and where its first elements stand.</summary>
    public readonly (long First, int Width, long Offset) Task(long task)
    {
        long blocks = (Lanes + Block - 1) / Block, row = task / blocks, lane = task % blocks * Block, offset = lane * LaneStride, rest = row;
        for (int i = Lanes > 1 ? 1 : 0; i < _keptAxes; i++)
        {
            offset += rest % _kept[i] * _keptStride[i];
            rest /= _kept[i];
        }
        return (row * Lanes + lane, (int)Math.Min(Block, Lanes - lane), offset);
    }

    /// <summary>Where a run of reduced elements starts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly long Offset(long run)
    {
        long offset = 0;
        for (int i = 1; i < _reducedAxes; i++)
        {
            offset += run % _reduced[i] * _reducedStride[i];
            run /= _reduced[i];
        }
        return offset;
    }

    private static void Append(long* extents, long* strides, ref int axes, long extent, long stride, string node)
    {
        if (axes > 0 && stride == strides[axes - 1] * extents[axes - 1])
        {
            extents[axes - 1] *= extent;
            return;
        }
        if (axes == Most) throw new GraphException($"node '{node}': a tensor of {Most} and more axes that can't be walked as fewer is not supported; reshape it");
        (extents[axes], strides[axes]) = (extent, stride);
        axes++;
    }
}
