using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Einstein's summation over any number of operands: their product over all indices, summed over those that the result lacks. <c>"bij,bjk->bik"</c> is a batched matrix product, <c>"ii"</c> a trace.</summary>
/// <remarks>ONNX <c>Einsum</c>, opset 12. An axis of extent 1 is broadcast along its letter, as in numpy; a result without the ellipsis sums over its axes.</remarks>
[OnnxOperator(12)]
public sealed class Einsum : Operator
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public required string Equation { get; init; }

    public static Operator Read(OnnxAttributes a) => new Einsum { Equation = a.Has("equation") ? a.Text("equation", "") : throw new GraphException("attribute 'equation' is missing") };

    public override Precision Precision => Precision.Half;

    /// <summary>The equation over a node's operands.</summary>
    public EinsumEquation Over(Signature s) => EinsumEquation.Of(Equation, [.. Enumerable.Range(0, s.InputCount).Select(i => s.Input(i).Shape)]);

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0).Element == ElementType.Bool) throw new GraphException($"has no product of {s.Input(0)}; cast it to a number");
        for (int i = 1; i < s.InputCount; i++) s.RequireSameElement(0, i);
        EinsumEquation e = Over(s);
        return [new TensorType(s.Input(0).Element, new Shape([.. e.Output.Select(i => e.Extents[i])]))];
    }

    public override Cost Cost(Signature s) => new(Over(s).Flops(), s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b)
    {
        EinsumEquation e = Over(b.Signature);
        for (int i = 0; i < e.Operands.Length; i++) if (b.Needs(i)) b.Accumulate(i, Gradient(b, e, i));
    }

    public override void Write(OnnxAttributes a) => a.Set("equation", Equation);

    // Again an einsum: of dy and the other operands, to the operand's own indices.
    private static Value Gradient(Backward b, EinsumEquation e, int operand)
    {
        TensorType x = b.Signature.Input(operand);
        List<Value> values = [b.OutputGradient(0)];
        List<int[]> terms = [e.Output];
        for (int i = 0; i < e.Operands.Length; i++)
        {
            if (i == operand) continue;
            values.Add(b.Input(i));
            terms.Add(e.Operands[i]);
        }
        var target = new List<int>();
        int indices = e.Extents.Count;
        for (int a = 0; a < x.Rank; a++)
        {
            int index = e.Operands[operand][a];
            long extent = e.Extents[index];
            // A broadcast axis is summed over; the reshape at the end brings it back.
            if (x.Shape[a] != extent) continue;
            if (target.Contains(index))
            {
                // The operand's diagonal was read, so the gradient is a diagonal: times a unit matrix it becomes one.
                terms.Add([index, indices]);
                values.Add(b.Constant(Unit(x.Element, extent)));
                target.Add(indices++);
                continue;
            }
            // An index of this operand alone was summed over: its gradient is the same all along, times ones.
            if (!Enumerable.Range(0, terms.Count).Any(t => terms[t].Select((other, k) => other == index && b.Type(values[t]).Shape[k] == extent).Any(full => full)))
            {
                terms.Add([index]);
                values.Add(b.Constant(TensorData.Fill(x.Element, new Shape(extent), 1)));
            }
            target.Add(index);
        }
        if (indices > Letters.Length) throw new GraphException($"the gradient of an einsum over {indices} indices has too few letters; split it");
        string equation = string.Join(",", terms.Select(Text)) + "->" + Text(target);
        return b.Reshape(b.Add(new Einsum { Equation = equation }, [.. values]), x.Shape);
    }

    private static string Text(IEnumerable<int> indices) => string.Concat(indices.Select(i => Letters[i]));

    private static TensorData Unit(ElementType element, long extent)
    {
        TensorData zero = TensorData.Fill(element, Shape.Scalar, 0), one = TensorData.Fill(element, Shape.Scalar, 1);
        return Folding.Pick(new TensorType(element, extent, extent), i => (i / extent == i % extent ? one : zero, 0));
    }
}
