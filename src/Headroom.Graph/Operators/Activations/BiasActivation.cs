using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Which activation stands behind a bias.</summary>
public enum ActivationForm
{
    Relu,

    /// <summary>With the error function.</summary>
    Gelu,

    /// <summary>The tanh approximation.</summary>
    GeluTanh,
}

/// <summary>
/// A bias and the activation behind it, <c>z = x + bias; y = activation(z)</c>, in one visit. Inputs: x <c>[..., columns]</c> in fp32 or bf16, usually a product; bias: fp32 <c>[columns]</c>, whatever x is.
/// Outputs: y; z, which a Gelu's gradient reads and which takes x's place. A ReLU's gradient reads y, so y takes x's place there.
/// </summary>
/// <remarks>What <c>Add</c> and <c>Relu</c> or <c>Gelu</c> do in two visits, with z rounded to x's type between them; here y is made from the unrounded sum.</remarks>
public sealed class BiasActivation : Operator
{
    public ActivationForm Form { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!Takes(x, s.Input(1))) throw new GraphException($"takes fp32 or bf16 [..., columns] and an fp32 bias [columns]; they are {x} and {s.Input(1)}");
        return [x, x];
    }

    // As Gelu's, and the sum.
    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, Form == ActivationForm.Relu ? 2 : 9);

    public override int MayOverwrite(int output) => output == (Form == ActivationForm.Relu ? 0 : 1) ? 0 : -1;

    public override void Gradient(Backward b)
    {
        if (b.OutputGradient(1).Exists) throw new GraphException("the sum before a fused activation has no gradient of its own");
        ImmutableArray<Value> g = b.AddMany(new BiasActivationGradient { Form = Form }, 2, b.OutputGradient(0), b.Output(Form == ActivationForm.Relu ? 0 : 1));
        for (int i = 0; i < 2; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }

    public override void Write(OnnxAttributes a) => a.Set("activation", Form.ToString());

    /// <summary>Whether the operands are rows and the bias of their columns.</summary>
    internal static bool Takes(TensorType x, TensorType bias)
        => x.Element is (ElementType.Float32 or ElementType.BFloat16) && x.Rank > 1 && bias.Element == ElementType.Float32 && bias.Rank == 1 && bias.Shape[0] == x.Shape[-1];
}

/// <summary>
/// The gradients of <see cref="BiasActivation"/> in one visit. Inputs: dy <c>[..., columns]</c>; the sum z before a Gelu, or y behind a ReLU.
/// Outputs: dx, over dy; the bias's gradient, fp32 <c>[columns]</c>, summed over all rows in fp32 before dx is rounded.
/// </summary>
public sealed class BiasActivationGradient : Operator
{
    public ActivationForm Form { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(0), new TensorType(ElementType.Float32, s.Input(0).Shape[-1])];

    public override Cost Cost(Signature s) => new((Form == ActivationForm.Relu ? 2.0 : 15.0) * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override int MayOverwrite(int output) => output == 0 ? 0 : -1;

    public override void Write(OnnxAttributes a) => a.Set("activation", Form.ToString());
}
