using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Limits every element to [min, max], scalars in inputs 1 and 2, each optional. Where min is above max the result is max.</summary>
/// <remarks>ONNX <c>Clip</c>, opset 13. The gradient is 1 on the limits themselves and never flows into them.</remarks>
[OnnxOperator(13)]
public sealed class Clip : Operator
{
    public override bool IsElementwise => true;

    // The limits follow the tensor they limit.
    public override Precision Precision => Precision.First;

    public static Operator Read(OnnxAttributes a) => new Clip();

    public override TensorType[] Infer(Signature s)
    {
        Check(s, 0);
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 2);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ClipGradient(), b.OutputGradient(0), b.Input(0), b.Input(1), b.Input(2)));

    internal static void Check(Signature s, int x)
    {
        if (s.Input(x).Element == ElementType.Bool) throw new GraphException($"can't limit {s.Input(x)}");
        for (int i = x + 1; i <= x + 2; i++)
        {
            if (!s.Has(i)) continue;
            s.RequireSameElement(x, i);
            if (s.Input(i).Elements != 1 || s.Input(i).Rank > 1) throw new GraphException($"the {(i == x + 1 ? "minimum" : "maximum")} is {s.Input(i)}, a scalar is needed");
        }
    }
}

/// <summary><c>dx = min ≤ x ≤ max ? dy : 0</c>. Inputs: dy, x, and min and max where they are there.</summary>
public sealed class ClipGradient : Operator
{
    public override string Domain => "headroom";

    public override bool IsElementwise => true;

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0) != s.Input(1)) throw new GraphException($"the gradient {s.Input(0)} and the value {s.Input(1)} differ");
        Clip.Check(s, 1);
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 2);

    public override int MayOverwrite(int output) => 0;
}
