using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// A new axis of extent <c>depth</c> with the on value at each index and the off value elsewhere. Inputs: indices (any numbers; fractions are cut off), depth (one number, a constant), values <c>[off, on]</c>.
/// A negative index counts from the end; one outside [-depth, depth) gives off alone.
/// </summary>
/// <remarks>ONNX <c>OneHot</c>, opset 9.</remarks>
[OnnxOperator(9)]
public sealed class OneHot : Operator
{
    /// <summary>Where the new axis stands in the result; negative counts from its end.</summary>
    public long Axis { get; init; } = -1;

    public static Operator Read(OnnxAttributes a) => new OneHot { Axis = a.Int("axis", -1) };

    public override bool ReadsValue(int input) => input == 1;

    // Indices are indices, whatever their type.
    public override bool CastsInput(int input) => input == 2;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[2];

    public override TensorType[] Infer(Signature s)
    {
        TensorType indices = s.Input(0), values = s.Input(2);
        if (indices.Element == ElementType.Bool) throw new GraphException($"the indices are {indices}; numbers are needed");
        if (values.Shape != new Shape(2)) throw new GraphException($"the values are {values}; two, [off, on], are needed");
        TensorData depth = s.Constant(1) ?? throw new GraphException("the depth (input 1) is computed from data; here it must be known before the run. Give a value to the graph input that it comes from, or fold it to a constant");
        if (depth.Type.Elements != 1 || !(depth.ToDoubles()[0] is >= 0 and <= int.MaxValue)) throw new GraphException($"the depth is {depth.Type} [{string.Join(", ", depth.ToDoubles())}]; one number that isn't negative is needed");
        long[] dims = indices.Shape.Dims.ToArray();
        int axis = new Shape([.. dims, 1]).Axis(Axis);
        return [new TensorType(values.Element, new Shape([.. dims[..axis], (long)depth.ToDoubles()[0], .. dims[axis..]]))];
    }

    public override Cost Cost(Signature s) => new(0, s.InputBytes, s.OutputBytes);

    // The values have gradients: the sums of dy over the places where each of them stands.
    public override void Gradient(Backward b)
    {
        if (!b.Needs(2)) return;
        Value dy = b.OutputGradient(0);
        ElementType element = b.Type(dy).Element;
        Value Sum(params double[] mask)
        {
            var values = b.Constant(TensorData.Of<double>(ElementType.Float64, new Shape(2), mask));
            Value where = b.Add(this, b.Input(0), b.Input(1), element == ElementType.Float64 ? values : b.Add(new Cast { To = element }, values));
            return b.Reshape(b.Add(new ReduceSum { KeepDims = false }, b.Add(new Mul(), dy, where)), new Shape(1));
        }
        b.Accumulate(2, b.Add(new Concat { Axis = 0 }, Sum(1, 0), Sum(0, 1)));
    }

    public override void Write(OnnxAttributes a) => a.Set("axis", Axis);
}
