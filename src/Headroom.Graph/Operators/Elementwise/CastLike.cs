using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The numbers of input 0 in the element type of input 1, of which nothing else matters; see <see cref="Cast"/> for what becomes of them.</summary>
/// <remarks>ONNX <c>CastLike</c>, opset 15.</remarks>
[OnnxOperator(15)]
public sealed class CastLike : Operator
{
    public override bool IsElementwise => true;

    public static Operator Read(OnnxAttributes a)
    {
        Cast.IgnoreNarrowFloats(a);
        return new CastLike();
    }

    public override TensorType[] Infer(Signature s) => [new TensorType(s.Input(1).Element, s.Input(0).Shape)];

    public override Cost Cost(Signature s) => new(0, s.Input(0).Bytes, s.OutputBytes);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[1];

    public override bool ReadsTypeOnly(int input) => input == 1;

    public override bool AcceptsStrides(int input) => true;

    public override bool CastsInput(int input) => false;

    // A cast to the type that is there already moves nothing.
    public override int ViewInput => 0;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides) => s.Input(0).Element == s.Input(1).Element ? new View(0, strides.ToArray()) : null;

    public override TensorData[]? Fold(Signature s) => Folding.Convert(s, s.Input(1).Element);

    public override void Gradient(Backward b) => Cast.CastBack(b);

    // Before opset 15 the type has to be said.
    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 15) base.Export(e);
        else e.Emit("Cast", "", [e.Node.Inputs[0]], e.Node.Outputs, a => a.Set("to", OnnxTypes.Code(e.Element(e.Node.Inputs[1]))));
    }
}
