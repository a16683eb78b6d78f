using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>The cell of a recurrent network.</summary>
public enum RecurrentCell
{
    /// <summary>Long short-term memory: Hochreiter and Schmidhuber, 1997.</summary>
    Lstm,

    /// <summary>Gated recurrent unit, in the form in which the reset gate scales the product with the state (cuDNN's): Cho et al., arXiv:1406.1078.</summary>
    Gru,
}

/// <summary>Recurrent layers on top of each other, each as wide as the next.</summary>
/// <param name="Cell">Of every layer.</param>
/// <param name="Hidden">Units of a direction.</param>
/// <param name="Layers">How many.</param>
/// <param name="Bidirectional">Each layer reads its rows both ways, and is twice as wide.</param>
/// <param name="Dropout">Between the layers.</param>
internal sealed record RecurrentStack(RecurrentCell Cell, long Hidden, int Layers, bool Bidirectional, double Dropout)
{
    /// <summary>Of the result.</summary>
    public long Width => Hidden * (Bidirectional ? 2 : 1);

    /// <summary>The last layer's state at the end of each row: <c>[length, batch, inputs] → [batch, width]</c>.</summary>
    /// <remarks>Weights are ONNX's, with the gates in its order: <c>weight [directions, gates · hidden, inputs]</c>, <c>recurrence [directions, gates · hidden, hidden]</c>, <c>bias [directions, 2 · gates · hidden]</c>; first values as in PyTorch, U(±1/√hidden).</remarks>
    /// <param name="m">The builder.</param>
    /// <param name="x">Steps first: only so do all runtimes take it.</param>
    /// <param name="inputs">Features of a step.</param>
    /// <param name="lengths">int32 <c>[batch]</c>, steps of each row that count; <see cref="Value.None"/>: all.</param>
    public Value Last(ModelBuilder m, Value x, long inputs, Value lengths)
    {
        RecurrentDirection direction = Bidirectional ? RecurrentDirection.Bidirectional : RecurrentDirection.Forward;
        RecurrentOperator cell = Cell == RecurrentCell.Lstm ? new LSTM { Direction = direction, HiddenSize = Hidden } : new GRU { Direction = direction, HiddenSize = Hidden, LinearBeforeReset = true };
        var bound = Initializer.FanIn(Hidden);
        Value last = Value.None;
        for (int i = 0; i < Layers; i++)
        {
            using IDisposable scope = m.Scope($"layer{i}");
            if (i > 0) x = m.Dropout(x, Dropout);
            Value w = m.Weight("weight", bound, cell.Directions, cell.Gates * Hidden, i == 0 ? inputs : Width);
            Value r = m.Weight("recurrence", bound, cell.Directions, cell.Gates * Hidden, Hidden), b = m.Weight("bias", bound, cell.Directions, 2 * cell.Gates * Hidden);
            var outputs = m.AddMany(cell, 2, lengths.Exists ? [x, w, r, b, lengths] : [x, w, r, b]);
            last = outputs[1]; // [directions, batch, hidden]
            // [length, directions, batch, hidden] → [length, batch, width]
            if (i + 1 < Layers) x = m.Reshape(m.Add(new Transpose { Permutation = [0, 2, 1, 3] }, outputs[0]), 0, 0, Width);
        }
        return m.Reshape(m.Add(new Transpose { Permutation = [1, 0, 2] }, last), 0, Width);
    }
}
