using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Keeps the triangle of the last two axes on and above (<see cref="Upper"/>) or below the diagonal that input 1 gives (a constant; absent: 0, the main one), zeros elsewhere.
/// </summary>
/// <remarks>ONNX <c>Trilu</c>, opset 14.</remarks>
[OnnxOperator(14)]
public sealed class Trilu : Operator
{
    public bool Upper { get; init; } = true;

    public override bool ReadsValue(int input) => input == 1;

    public static Operator Read(OnnxAttributes a) => new Trilu { Upper = a.Flag("upper", true) };

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0).Rank < 2) throw new GraphException($"the input {s.Input(0)} has no last two axes");
        Diagonal(s);
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => new(0, s.Input(0).Bytes, s.OutputBytes);

    public override int MayOverwrite(int output) => 0;

    public override TensorData[]? Fold(Signature s)
    {
        if (!Folding.Can(s)) return null;
        TensorData x = s.Constant(0)!, zero = TensorData.Fill(x.Type.Element, Shape.Scalar, 0);
        long columns = x.Type.Shape[-1], rows = x.Type.Shape[-2], diagonal = Diagonal(s);
        return [Folding.Pick(x.Type, i => Keeps(i / columns % rows, i % columns, diagonal) ? (x, i) : (zero, 0))];
    }

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(this, b.OutputGradient(0), b.Input(1)));

    public override void Write(OnnxAttributes a) => a.Set("upper", Upper);

    /// <summary>Whether an element stays.</summary>
    public bool Keeps(long row, long column, long diagonal) => Upper ? column - row >= diagonal : column - row <= diagonal;

    /// <summary>How far above the main diagonal the triangle's edge lies.</summary>
    public static long Diagonal(Signature s)
    {
        if (!s.Has(1)) return 0;
        long[] k = s.Longs(1, "the diagonal");
        if (k.Length != 1) throw new GraphException($"the diagonal is {s.Input(1)}; one number is needed");
        // Beyond any extent nothing changes, and sums with it can't overflow.
        return Math.Clamp(k[0], -(1L << 40), 1L << 40);
    }
}
