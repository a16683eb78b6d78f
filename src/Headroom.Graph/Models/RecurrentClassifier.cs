using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a recurrent classifier over tokens is made of.</summary>
public sealed record RecurrentClassifierOptions
{
    public long Vocabulary { get; init; } = 8192;

    /// <summary>Tokens in a row.</summary>
    public long Length { get; init; } = 128;

    /// <summary>Of a token's vector.</summary>
    public long Width { get; init; } = 128;

    public RecurrentCell Cell { get; init; } = RecurrentCell.Lstm;

    /// <summary>Units of a layer and direction.</summary>
    public long Hidden { get; init; } = 128;

    public int Layers { get; init; } = 1;

    /// <summary>Rows are read from both ends.</summary>
    public bool Bidirectional { get; init; } = true;

    public long Classes { get; init; } = 2;

    /// <summary>A token that is no content and stands behind it: a row ends before its first. Null where every position counts.</summary>
    public long? Padding { get; init; }

    /// <summary>Of the embedding, between the layers and before the classes, while training.</summary>
    public double Dropout { get; init; }

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        const string family = "recurrent classifier";
        OptionChecks.Positive(family, (nameof(Vocabulary), Vocabulary), (nameof(Length), Length), (nameof(Width), Width), (nameof(Hidden), Hidden), (nameof(Layers), Layers), (nameof(Classes), Classes));
        OptionChecks.Probability(family, nameof(Dropout), Dropout);
        if (Padding is long pad && (pad < 0 || pad >= Vocabulary)) throw new GraphException($"{family}: Padding is {pad}, tokens go from 0 to {Vocabulary - 1}; give null where nothing is padded");
    }
}

/// <summary>Embedding, LSTM or GRU layers, and the classes from the last layer's state at the end of the row.</summary>
/// <remarks>Hochreiter and Schmidhuber, 1997, doi:10.1162/neco.1997.9.8.1735; Cho et al., arXiv:1406.1078; both ways: Schuster and Paliwal, 1997, doi:10.1109/78.650093.</remarks>
public static class RecurrentClassifier
{
    /// <summary><c>tokens: int64[batch, length] → logits: fp32[batch, classes]</c>.</summary>
    /// <exception cref="GraphException">The options don't fit.</exception>
    public static Model Build(RecurrentClassifierOptions o)
    {
        o.Check();
        var m = new ModelBuilder("recurrent");
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", o.Length);
        Value steps = m.Add(new Transpose { Permutation = [1, 0] }, tokens);
        Value x = m.Dropout(m.Embedding(steps, o.Vocabulary, o.Width, "token"), o.Dropout); // [length, batch, width]
        var stack = new RecurrentStack(o.Cell, o.Hidden, o.Layers, o.Bidirectional, o.Dropout);
        Value last = stack.Last(m, x, o.Width, o.Padding is long pad ? Content(m, tokens, pad) : Value.None);
        return m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Dropout(last, o.Dropout), stack.Width, o.Classes, "head")));
    }

    /// <summary>Tokens of each row that aren't padding, int32 <c>[batch]</c>. A row without any counts one: it has to have a state.</summary>
    private static Value Content(ModelBuilder m, Value tokens, long padding)
    {
        using IDisposable scope = m.Scope("lengths");
        Value padded = m.Add(new Equal(), tokens, m.Constant(TensorData.Scalar(padding), "padding"));
        Value counted = m.Add(new Where(), padded, m.Constant(TensorData.Scalar(0f), "none"), m.Constant(TensorData.Scalar(1f), "one"));
        Value sum = m.Add(new ReduceSum { KeepDims = false }, counted, m.Constant(TensorData.Longs(1), "axes"));
        return m.Add(new Cast { To = ElementType.Int32 }, m.Add(new Clip(), sum, m.Constant(TensorData.Scalar(1f), "atleast")));
    }
}
