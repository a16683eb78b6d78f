using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// A frozen weight from the packed form that it is kept in: neighbouring elements, row-major, share a scale (see <see cref="BlockPacking"/>). Inputs: packed uint8 <c>[bytes]</c>; scales fp32 <c>[blocks]</c>.
/// Output: the weight, of <see cref="Dims"/> in <see cref="To"/>.
/// </summary>
/// <remarks>Dettmers et al., arXiv:2305.14314 (QLoRA), section 3.</remarks>
public sealed class UnpackBlocks : Operator
{
    public required BlockCode Code { get; init; }

    /// <summary>The weight's shape.</summary>
    public required Shape Dims { get; init; }

    /// <summary>fp32 or bf16.</summary>
    public ElementType To { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        if (To is not (ElementType.Float32 or ElementType.BFloat16)) throw new GraphException($"unpacks to fp32 or bf16, not {To.ShortName()}");
        TensorType packed = BlockPacking.PackedType(Code, Dims), scales = BlockPacking.ScalesType(Dims);
        if (s.Input(0) != packed || s.Input(1) != scales) throw new GraphException($"a weight of {Dims} packed as {Code} takes {packed} and {scales}; they are {s.Input(0)} and {s.Input(1)}");
        return [new TensorType(To, Dims)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => To;

    public override Operator Giving(ElementType element) => new UnpackBlocks { Code = Code, Dims = Dims, To = element };

    public override Cost Cost(Signature s) => new(s.Output(0).Elements, s.InputBytes, s.OutputBytes);

    // What is packed is frozen.
    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a)
    {
        a.Set("code", Code.ToString());
        a.Set("dims", Dims.Dims.ToArray());
        a.Set("to", OnnxTypes.Code(To));
    }
}
