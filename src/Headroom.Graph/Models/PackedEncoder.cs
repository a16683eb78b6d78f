using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary><see cref="Transformer.Encoder"/> over rows that several texts share: the same weights, and for each text what the encoder gives for it alone.</summary>
public static class PackedEncoder
{
    /// <summary>
    /// <c>tokens: int64[batch, length]</c>, <c>start: int64[batch, length]</c> (where in the row a token's text starts), <c>first: int64[batch, texts]</c> (where each text starts, -1 for none)
    /// <c>→ logits: fp32[batch, texts, classes]</c>.
    /// </summary>
    /// <param name="o">The options; a text has <see cref="TransformerOptions.Length"/> tokens at most.</param>
    /// <param name="classes">Of a text.</param>
    /// <param name="length">Tokens in a row.</param>
    /// <param name="texts">Texts in a row, at most.</param>
    public static Model Build(TransformerOptions o, long classes, long length, long texts)
    {
        var m = new ModelBuilder("encoder");
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", length);
        PackedRows rows = PackedRows.Of(m, length, causal: false);
        Value first = m.Input("first", ElementType.Int64, "batch", texts);
        Value one = m.Constant(TensorData.Scalar(1f), "one");
        // [batch, texts, length]: 1 where a token is of a text.
        Value isOf = m.Add(new Equal(), m.Reshape(first, 0, texts, 1), m.Reshape(rows.Starts, 0, 1, length));
        Value member = m.Add(new Where(), isOf, one, m.Constant(TensorData.Scalar(0f), "zero"));
        Value h = m.LayerNorm(Transformer.Body(m, tokens, rows.Mask, o, causal: false, rows.Positions), o.Width, "norm");
        Value pooled = m.Add(new Div(), m.Add(new MatMul(), member, h), Count(m, member, one)); // [batch, texts, width]
        Value logits = m.Linear(m.Dropout(pooled, o.Dropout), o.Width, classes, "head");
        if (o.TokenPairs > 0) logits = m.Add(new Add(), logits, PairScores(m, tokens, member, one, o, classes, length));
        return m.Build(m.AddNamed("logits", new Identity(), logits));
    }

    /// <summary>Scores of each text's token pairs, over the root of their number; a pair is of a text where both of its tokens are.</summary>
    private static Value PairScores(ModelBuilder m, Value tokens, Value member, Value one, TransformerOptions o, long classes, long length)
    {
        using IDisposable scope = m.Scope("pairs");
        Value scores = Transformer.ScoresOfPairs(m, tokens, o, classes, length); // [batch, length - 1, classes]
        Value pairs = m.Add(new Mul(), m.Slice(member, 2, 0, length - 1), m.Slice(member, 2, 1, length)); // [batch, texts, length - 1]
        return m.Add(new Div(), m.Add(new MatMul(), pairs, scores), m.Add(new Sqrt(), Count(m, pairs, one)));
    }

    /// <summary>Members of each text, 1 at least: <c>[batch, texts, 1]</c>.</summary>
    private static Value Count(ModelBuilder m, Value members, Value one)
        => m.Add(new Clip(), m.Add(new ReduceSum { KeepDims = true }, members, m.Constant(TensorData.Longs(2), "axes")), one);
}
