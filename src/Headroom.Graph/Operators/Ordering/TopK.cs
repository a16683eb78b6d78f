using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// The k greatest (or least) elements along an axis, the foremost first, and where they stood (int64). Among equals the one with the lower index comes first; a NaN counts as the greatest.
/// Input 1, a constant, is k.
/// </summary>
/// <remarks>ONNX <c>TopK</c>, opset 11 (10: the greatest only). Sorted or not, the order is the same here.</remarks>
[OnnxOperator(10)]
public sealed class TopK : Operator
{
    /// <summary>Negative counts from the end.</summary>
    public long Axis { get; init; } = -1;

    /// <summary>Whether the greatest are wanted, rather than the least.</summary>
    public bool Largest { get; init; } = true;

    /// <summary>Whether the reader relies on the order.</summary>
    public bool Sorted { get; init; } = true;

    public static Operator Read(OnnxAttributes a) => new TopK { Axis = a.Int("axis", -1), Largest = a.Flag("largest", true), Sorted = a.Flag("sorted", true) };

    public override bool ReadsValue(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (x.Element == ElementType.Bool) throw new GraphException($"takes numbers, the input is {x}; cast it");
        int axis = x.Shape.Axis(Axis);
        long[] k = s.Longs(1, "k");
        if (k.Length != 1) throw new GraphException($"k is {s.Input(1)}; one number is needed");
        if (k[0] < 0 || k[0] > x.Shape[axis]) throw new GraphException($"k is {k[0]}, axis {axis} of {x} has {x.Shape[axis]} elements");
        Shape shape = x.Shape.With(axis, k[0]);
        return [new TensorType(x.Element, shape), new TensorType(ElementType.Int64, shape)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output == 0 ? inputs[0] : ElementType.Int64;

    public override Cost Cost(Signature s) => new(s.Input(0).Elements * Math.Log2(2 + s.Output(0).Shape[s.Input(0).Shape.Axis(Axis)]), s.InputBytes, s.OutputBytes);

    // The gradient is to know where the values stood.
    public override void Train(TrainingRewrite r)
    {
        if (!r.Node.Outputs[0].Exists || (r.Node.Outputs.Length > 1 && r.Node.Outputs[1].Exists)) r.Keep();
        else r.Replace(this, r.Node.Inputs, [r.Node.Outputs[0], new Value($"{r.Node.Outputs[0]}.indices")]);
    }

    // Back to where the values came from; where nobody kept the indices, they are found again.
    public override void Gradient(Backward b)
    {
        if (!b.OutputGradient(0).Exists || !b.Needs(0)) return;
        Value indices = b.Output(1).Exists ? b.Output(1) : b.AddMany(this, 2, b.Input(0), b.Input(1))[1];
        b.Accumulate(0, b.Add(new TopKGradient { Axis = Axis, Extent = b.Signature.Input(0).Shape[b.Signature.Input(0).Shape.Axis(Axis)] }, b.OutputGradient(0), indices));
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("axis", Axis);
        a.Set("largest", Largest);
        a.Set("sorted", Sorted);
    }
}

/// <summary>The gradient of <see cref="TopK"/>: each element of dy where its value came from, zeros elsewhere. Inputs: dy, indices of the same shape, no two of a slice alike.</summary>
public sealed class TopKGradient : Operator
{
    public required long Axis { get; init; }

    /// <summary>Extent of the axis that was searched.</summary>
    public required long Extent { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        TensorType dy = s.Input(0);
        if (s.Input(1) != new TensorType(ElementType.Int64, dy.Shape)) throw new GraphException($"the indices are {s.Input(1)}, the gradient is {dy}");
        return [new TensorType(dy.Element, dy.Shape.With(dy.Shape.Axis(Axis), Extent))];
    }

    public override Cost Cost(Signature s) => new(0, s.InputBytes, s.OutputBytes);
}
