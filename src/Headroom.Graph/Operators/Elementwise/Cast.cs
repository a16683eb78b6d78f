using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The same numbers in another element type.</summary>
/// <remarks>
/// ONNX <c>Cast</c>, opset 13. To a floating type: rounded to nearest, ties to even, beyond its range infinite. To bool: whether not zero (NaN is not).
/// From floating to integer: truncated towards zero; what lies outside the range, undefined in ONNX, gives its nearest end, NaN gives zero.
/// From integer to a narrower integer: the upper bits are dropped.
/// </remarks>
[OnnxOperator(13)]
public sealed class Cast : Operator
{
    public required ElementType To { get; init; }

    public override bool IsElementwise => true;

    public static Operator Read(OnnxAttributes a)
    {
        IgnoreNarrowFloats(a);
        return new Cast { To = Element(a.Int("to", 0)) };
    }

    // To the type that is there already, it is a view.
    public override Operator Giving(ElementType element) => new Cast { To = element };

    public override TensorType[] Infer(Signature s) => [new TensorType(To, s.Input(0).Shape)];

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 0);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => To;

    public override bool AcceptsStrides(int input) => true;

    // A cast to the type that is there already moves nothing.
    public override int ViewInput => 0;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides) => s.Input(0).Element == To ? new View(0, strides.ToArray()) : null;

    public override TensorData[]? Fold(Signature s) => Folding.Convert(s, To);

    public override void Gradient(Backward b) => CastBack(b);

    public override void Write(OnnxAttributes a) => a.Set("to", OnnxTypes.Code(To));

    /// <summary>The gradient of any cast: cast to the type that was there.</summary>
    internal static void CastBack(Backward b)
    {
        Value dy = b.OutputGradient(0);
        ElementType from = b.Signature.Input(0).Element;
        b.Accumulate(0, from == b.Type(dy).Element ? dy : b.Add(new Cast { To = from }, dy));
    }

    /// <summary>Marks the attributes as read that say how floating types of 8 bits and fewer are reached; those types are refused, so they say nothing.</summary>
    internal static void IgnoreNarrowFloats(OnnxAttributes a) => _ = a.Has("saturate") | a.Has("round_mode");

    private static ElementType Element(long code) => OnnxTypes.Element(code)
        ?? throw new GraphException($"casts to ONNX's data type {code} ({OnnxTypes.Name(code)}), which is not supported; supported are fp32, bf16, fp16, fp64, int8, uint8, int32, int64 and bool");
}
