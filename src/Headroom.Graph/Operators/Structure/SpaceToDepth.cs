using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Puts blocks of b × b elements into the channels: <c>[n, c, h b, w b]</c> to <c>[n, b² c, h, w]</c>, the place in the block varying slowest.</summary>
/// <remarks>ONNX <c>SpaceToDepth</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class SpaceToDepth : BlockOperator
{
    public static Operator Read(OnnxAttributes a) => new SpaceToDepth { BlockSize = a.Int("blocksize", 0) };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        Check(x, BlockSize);
        if (x.Shape[2] % BlockSize != 0 || x.Shape[3] % BlockSize != 0) throw new GraphException($"the image of {x} doesn't divide into blocks of {BlockSize} x {BlockSize}");
        return [new TensorType(x.Element, x.Shape[0], checked(x.Shape[1] * BlockSize * BlockSize), x.Shape[2] / BlockSize, x.Shape[3] / BlockSize)];
    }

    public override (Shape Apart, int[] Order) Moves(Shape x)
    {
        long b = BlockSize;
        return (new Shape(x[0], x[1], x[2] / b, b, x[3] / b, b), [0, 3, 5, 1, 2, 4]);
    }

    public override void Write(OnnxAttributes a) => a.Set("blocksize", BlockSize);
}
