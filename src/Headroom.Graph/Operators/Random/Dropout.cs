using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Dropout. Here, in its inference form, the input itself: a view. In a training step it becomes <see cref="DropoutTraining"/>. Inputs: data, ratio (optional, a constant, 0.5), training mode (optional).</summary>
/// <remarks>ONNX <c>Dropout</c>, opset 13. Srivastava et al., JMLR 15 (2014).</remarks>
[OnnxOperator(13)]
public sealed class Dropout : Operator
{
    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Dropout();

    public override bool ReadsValue(int input) => input > 0;

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        double ratio = Ratio(s, 1);
        // A ratio of 0 drops nothing in training either.
        if (s.Has(2) && ratio != 0 && (s.Constant(2) is not { } mode || mode.Type.Elements != 1 || mode.ToLongs()[0] != 0))
            throw new GraphException("training_mode is on, or computed, in an inference form; export the model for inference: Headroom puts it into its training form itself");
        if (s.Wants(1)) throw new GraphException("the mask can't be had as an output: it is drawn again where it is needed, never stored");
        return [s.Input(0)];
    }

    public override void Decode(DecodingRewrite r) => r.CarryBeside();

    public override Cost Cost(Signature s) => default;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides) => new View(0, strides.ToArray());

    public override void Train(TrainingRewrite r)
    {
        (Value seed, Value position, int stream) = r.Random();
        ImmutableArray<Value> inputs = r.Node.Inputs;
        r.Replace(new DropoutTraining { Stream = stream }, [inputs[0], seed, position, inputs.Length > 1 ? inputs[1] : Value.None], [r.Node.Outputs[0]]);
    }

    public override void Gradient(Backward b) => b.Accumulate(0, b.OutputGradient(0));

    /// <summary>The share of elements that are dropped.</summary>
    internal static double Ratio(Signature s, int input)
    {
        if (!s.Has(input)) return 0.5;
        if (s.Input(input).Elements != 1) throw new GraphException($"the ratio is {s.Input(input)}; one number is needed");
        double ratio = (s.Constant(input) ?? throw new GraphException("the ratio is computed from data; a constant is needed")).ToDoubles()[0];
        return ratio is >= 0 and < 1 ? ratio : throw new GraphException($"the ratio is {ratio}; it lies in [0, 1)");
    }
}

/// <summary>
/// Drops each element with probability ratio and multiplies the others by <c>1 / (1 - ratio)</c>, so that the expectation stays. Inputs: data, seed and position (int64 scalars), ratio (optional, a constant).
/// Which elements go follows from seed, position, <see cref="Stream"/> and the element's index alone, so the gradient is this same operator on dy, and nothing is stored.
/// </summary>
/// <remarks>Bits by Philox4x32-10: word i of the sequence that seed, position and stream choose belongs to element i.</remarks>
public sealed class DropoutTraining : Operator
{
    /// <summary>The node's own number: two dropouts of one step must not draw the same bits.</summary>
    public int Stream { get; init; }

    public override string Domain => "headroom";

    public override int ViewInput => 0;

    public override int MayOverwrite(int output) => 0;

    public override TensorType[] Infer(Signature s)
    {
        if (!s.Input(0).Element.IsFloat()) throw new GraphException($"the input is {s.Input(0)}; dropout takes floats");
        for (int i = 1; i < 3; i++)
            if (s.Input(i) != new TensorType(ElementType.Int64)) throw new GraphException($"the {(i == 1 ? "seed" : "position")} is {s.Input(i)}; an int64 scalar is needed");
        Dropout.Ratio(s, 3);
        return [s.Input(0)];
    }

    // Ten rounds of two products and four exclusive ors for four elements: about 20 operations each, on integers; two of floats.
    public override Cost Cost(Signature s) => Ratio(s) == 0 ? default : Graph.Cost.Elementwise(s, 2);

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides) => Ratio(s) == 0 ? new View(0, strides.ToArray()) : null;

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(this, b.OutputGradient(0), b.Input(1), b.Input(2), b.Input(3)));

    /// <summary>The share of elements that are dropped.</summary>
    public double Ratio(Signature s) => Dropout.Ratio(s, 3);
}
