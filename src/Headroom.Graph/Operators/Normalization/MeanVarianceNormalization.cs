using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>y = (x - mean) / (deviation + 1e-9)</c>, mean and deviation over <see cref="Axes"/>.</summary>
/// <remarks>ONNX <c>MeanVarianceNormalization</c>, opset 13 (and 9).</remarks>
[OnnxOperator(9)]
public sealed class MeanVarianceNormalization : Operator
{
    private static readonly long[] Usual = [0, 2, 3];

    /// <summary>Axes that the statistics run over, in <c>[-rank, rank)</c>.</summary>
    public long[] Axes { get; init; } = Usual;

    public static Operator Read(OnnxAttributes a) => new MeanVarianceNormalization { Axes = a.Has("axes") ? a.Ints("axes") : Usual };

    public override TensorType[] Infer(Signature s)
    {
        Reduced(s.Input(0), Axes);
        return [s.Input(0)];
    }

    // A set's statistics are complete before its first element is written.
    public override int MayOverwrite(int output) => 0;

    public override Cost Cost(Signature s) => new(6.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new MeanVarianceNormalizationGradient { Axes = Axes }, b.OutputGradient(0), b.Input(0)));

    public override void Write(OnnxAttributes a) => a.Set("axes", Axes);

    /// <summary>Which axes are reduced; none given: none.</summary>
    internal static bool[] Reduced(TensorType x, long[] axes)
    {
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; normalization takes floats: cast it");
        var reduced = new bool[x.Rank];
        foreach (long axis in axes)
        {
            int at = x.Shape.Axis(axis);
            if (reduced[at]) throw new GraphException($"axes [{string.Join(", ", axes)}] names axis {at} twice");
            reduced[at] = true;
        }
        return reduced;
    }
}

/// <summary>The gradient of <see cref="MeanVarianceNormalization"/>. Inputs: dy, x.</summary>
/// <remarks>With σ the deviation and d = σ + 1e-9: <c>dx = (dy - mean(dy) - (x - mean) / σ · mean(dy · y)) / d</c>; 0 / 0 counts as 0.</remarks>
public sealed class MeanVarianceNormalizationGradient : Operator
{
    public required long[] Axes { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1)];

    public override Cost Cost(Signature s) => new(12.0 * s.Input(1).Elements, s.InputBytes, s.OutputBytes);
}
