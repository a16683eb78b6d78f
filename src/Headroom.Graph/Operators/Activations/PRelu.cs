using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Rectified linear unit with learned slopes, <c>y = x &lt; 0 ? slope · x : x</c>, elementwise; the slopes are broadcast to x's shape, never the other way.</summary>
/// <remarks>ONNX <c>PRelu</c>, opset 9. He et al., arXiv:1502.01852. Inputs: x, slope. Integers are taken as ONNX has it.</remarks>
[OnnxOperator(7)]
public sealed class PRelu : Operator
{
    public override bool IsElementwise => true;

    public override Precision Precision => Precision.First;

    public static Operator Read(OnnxAttributes a) => new PRelu();

    public override TensorType[] Infer(Signature s)
    {
        Check(s, 0);
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    public override void Gradient(Backward b)
    {
        ImmutableArray<Value> both = b.AddMany(new PReluGradient(), 2, b.OutputGradient(0), b.Input(0), b.Input(1));
        b.Accumulate(0, both[0]);
        if (b.Needs(1)) b.Accumulate(1, b.SumTo(both[1], b.Signature.Input(1).Shape));
    }

    internal static void Check(Signature s, int x)
    {
        if (s.Input(x).Element == ElementType.Bool) throw new GraphException($"takes numbers, the input is {s.Input(x)}; cast it");
        s.RequireSameElement(x, x + 1);
        if (Shape.Broadcast(s.Input(x).Shape, s.Input(x + 1).Shape) != s.Input(x).Shape)
            throw new GraphException($"the slopes {s.Input(x + 1).Shape} can't be broadcast to the input's shape {s.Input(x).Shape}; give one slope, or one an element or channel ([channels, 1, 1])");
    }
}

/// <summary><c>dx = x &lt; 0 ? slope · dy : dy</c>, and the slopes' gradient before it is summed over the axes they were broadcast along, <c>x &lt; 0 ? x · dy : 0</c>. Inputs: dy, x, slope.</summary>
public sealed class PReluGradient : Operator
{
    public override string Domain => "headroom";

    public override bool IsElementwise => true;

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0) != s.Input(1)) throw new GraphException($"the gradient {s.Input(0)} and the value {s.Input(1)} differ");
        PRelu.Check(s, 1);
        return [s.Input(0), s.Input(0)];
    }

    public override Cost Cost(Signature s) => new(2.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override bool AcceptsStrides(int input) => input == 2;

    // Each element is read before it is written, so both results may take the place of what they were made from.
    public override int MayOverwrite(int output) => output;
}
