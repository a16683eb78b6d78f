using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>
/// Rows that several documents share. The input <c>start: int64[batch, length]</c> is the place in the row at which each token's document starts; padding has its own place. From it follow the positions
/// <c>int64[batch, length]</c>, counted within a document, and the mask <c>fp32[batch, 1, length, length]</c>, added to scores, that hides other documents.
/// </summary>
/// <remarks>Krell et al., arXiv:2107.02027: with positions and attention kept within each document, a packed row computes what its documents would alone.</remarks>
internal readonly record struct PackedRows(Value Starts, Value Positions, Value Mask)
{
    /// <summary>The input's name.</summary>
    public const string Input = "start";

    /// <param name="m">The model.</param>
    /// <param name="length">Tokens in a row.</param>
    /// <param name="causal">Attention looks back only: a key is then hidden where it stands before the query's document. Otherwise it is where it is of another one.</param>
    public static PackedRows Of(ModelBuilder m, long length, bool causal)
    {
        Value starts = m.Input(Input, ElementType.Int64, "batch", length);
        using IDisposable scope = m.Scope("packed");
        long[] row = [.. Enumerable.Range(0, checked((int)length)).Select(p => (long)p)];
        Value places = m.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(1, length), row), "places");
        Value positions = m.Add(new Sub(), places, starts);
        Value ofQuery = m.Reshape(starts, 0, 1, length, 1);
        Value seen = causal ? m.Add(new GreaterOrEqual(), m.Reshape(places, 1, 1, 1, length), ofQuery) : m.Add(new Equal(), ofQuery, m.Reshape(starts, 0, 1, 1, length));
        // Not -∞: the blocked kernel meets whole blocks of hidden keys.
        Value mask = m.Add(new Where(), seen, m.Constant(TensorData.Scalar(0f), "seen"), m.Constant(TensorData.Scalar(-1e9f), "hidden"));
        return new PackedRows(starts, positions, mask);
    }
}
