using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Gated linear unit with a Swish gate, <c>y = a σ(α a) · b</c>, elementwise; a and b have one shape, nothing is broadcast.</summary>
/// <remarks>ONNX <c>SwiGLU</c>, opset 28. Shazeer, arXiv:2002.05202.</remarks>
[OnnxOperator(28)]
public sealed class SwiGLU : Operator
{
    public float Alpha { get; init; } = 1;

    public override bool IsElementwise => true;

    public override Precision Precision => Precision.First;

    public static Operator Read(OnnxAttributes a) => new SwiGLU { Alpha = a.Float("alpha", 1) };

    public override TensorType[] Infer(Signature s)
    {
        if (!s.Input(0).Element.IsFloat()) throw new GraphException($"takes floating numbers, the gate is {s.Input(0)}; cast it");
        if (s.Input(0) != s.Input(1)) throw new GraphException($"the gate is {s.Input(0)}, the value {s.Input(1)}; both must be of one type and shape, nothing is broadcast");
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 13);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    public override void Gradient(Backward b)
    {
        ImmutableArray<Value> both = b.AddMany(new SwiGLUGradient { Alpha = Alpha }, 2, b.OutputGradient(0), b.Input(0), b.Input(1));
        b.Accumulate(0, both[0]);
        b.Accumulate(1, both[1]);
    }

    public override void Write(OnnxAttributes a) => a.Set("alpha", Alpha);

    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 28)
        {
            base.Export(e);
            return;
        }
        Value a = e.Node.Inputs[0];
        Value gated = e.Opset >= 24 ? e.Emit("Swish", Write, a) : e.Emit("Mul", null, a, Swish.Gate(e, a, Alpha));
        e.Emit("Mul", "", [gated, e.Node.Inputs[1]], e.Node.Outputs);
    }
}

/// <summary>Both gradients of <see cref="SwiGLU"/> in one pass: <c>da = dy b s (1 + α a (1 - s))</c>, <c>db = dy a s</c> with <c>s = σ(α a)</c>. Inputs: dy, a, b.</summary>
public sealed class SwiGLUGradient : Operator
{
    public required float Alpha { get; init; }

    public override string Domain => "headroom";

    public override bool IsElementwise => true;

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0) != s.Input(1) || s.Input(0) != s.Input(2)) throw new GraphException($"the gradient {s.Input(0)}, the gate {s.Input(1)} and the value {s.Input(2)} differ");
        return [s.Input(0), s.Input(0)];
    }

    public override Cost Cost(Signature s) => new(19.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    // Each element is read before it is written, so both results may take the place of what they were made from.
    public override int MayOverwrite(int output) => output;
}
