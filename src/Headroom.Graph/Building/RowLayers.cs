using Headroom.Graph.Operators;

namespace Headroom.Graph;

/// <summary>Layers over rows, <c>[rows, inputs] → [rows, outputs]</c>, with weights as PyTorch and the files of Hugging Face keep them, <c>[outputs, inputs]</c>: the product reads them as their transpose, nothing is moved.</summary>
/// <remarks>Transformers keep their tokens as rows, <c>[batch · length, width]</c>, from the embedding to the head; only attention sees sequences.</remarks>
public static class RowLayers
{
    /// <summary><c>y = x · Wᵀ + b</c>; W is <c>[outputs, inputs]</c>. The bias begins with zeros.</summary>
    /// <remarks>The bias is a node of its own, so that it can be joined with the activation behind it.</remarks>
    public static Value Dense(this ModelBuilder m, Value x, long inputs, long outputs, string name, Initializer weights, bool bias = true)
    {
        using IDisposable scope = m.Scope(name);
        Value y = m.TimesTransposed(x, m.Weight("weight", weights, outputs, inputs));
        return bias ? m.Add(new Add(), y, m.Weight("bias", Initializer.Zeros, outputs)) : y;
    }

    /// <summary><c>x · Wᵀ</c> with a weight that exists already: a head tied to the embedding's table.</summary>
    public static Value TimesTransposed(this ModelBuilder m, Value x, Value weight) => m.Add(new Gemm { TransposeB = true }, x, weight);

    /// <summary>Divides the last axis, of extent <paramref name="width"/>, by its root mean square.</summary>
    public static Value RmsNorm(this ModelBuilder m, Value x, long width, string name, float epsilon)
    {
        using IDisposable scope = m.Scope(name);
        return m.Add(new RMSNormalization { Epsilon = epsilon }, x, m.Weight("weight", Initializer.Ones, width));
    }

    /// <summary>Attention of each row's tokens to each other, <c>[batch · length, width] → [batch · length, width]</c>, by three layers called <c>query</c>, <c>key</c> and <c>value</c>; what mixes the heads comes after.</summary>
    /// <param name="m">The builder.</param>
    /// <param name="x">Rows.</param>
    /// <param name="mask">Added to the scores, broadcast to <c>[batch, heads, length, length]</c>; <see cref="Value.None"/> where all is seen.</param>
    /// <param name="length">Tokens in a row of the batch.</param>
    /// <param name="width">Of a token; a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">How many the width is divided into.</param>
    /// <param name="weights">First values.</param>
    public static Value SelfAttention(this ModelBuilder m, Value x, Value mask, long length, long width, long heads, Initializer weights)
    {
        Value Part(string name) => m.Reshape(m.Dense(x, width, width, name, weights), -1, length, width);
        var attention = new Attention { QueryHeads = heads, KeyHeads = heads };
        (Value q, Value k, Value v) = (Part("query"), Part("key"), Part("value"));
        return m.Reshape(mask.Exists ? m.Add(attention, q, k, v, mask) : m.Add(attention, q, k, v), -1, width);
    }
}
