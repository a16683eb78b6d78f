using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>How channels hold blocks: which of the factors of their number varies slowest.</summary>
public enum DepthOrder
{
    /// <summary>Depth, column, row: the place in the block varies slowest.</summary>
    Dcr,

    /// <summary>Column, row, depth: the channel that results varies slowest, as in a pixel shuffle.</summary>
    Crd,
}

/// <summary>Makes an image of b times the height and width from b² times the channels: <c>[n, c b², h, w]</c> to <c>[n, c, h b, w b]</c>.</summary>
/// <remarks>ONNX <c>DepthToSpace</c>, opset 13. The order <c>CRD</c> is the pixel shuffle of Shi et al., arXiv:1609.05158.</remarks>
[OnnxOperator(13)]
public sealed class DepthToSpace : BlockOperator
{
    public DepthOrder Order { get; init; }

    public static Operator Read(OnnxAttributes a) => new DepthToSpace
    {
        BlockSize = a.Int("blocksize", 0),
        Order = a.Text("mode", "DCR") switch
        {
            "DCR" => DepthOrder.Dcr,
            "CRD" => DepthOrder.Crd,
            var mode => throw new GraphException($"attribute 'mode' is '{mode}'; known are DCR, CRD"),
        },
    };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        Check(x, BlockSize);
        if (x.Shape[1] % checked(BlockSize * BlockSize) != 0) throw new GraphException($"{x.Shape[1]} channels of {x} don't divide into blocks of {BlockSize} x {BlockSize}");
        return [new TensorType(x.Element, x.Shape[0], x.Shape[1] / (BlockSize * BlockSize), checked(x.Shape[2] * BlockSize), checked(x.Shape[3] * BlockSize))];
    }

    public override (Shape Apart, int[] Order) Moves(Shape x)
    {
        long b = BlockSize, c = x[1] / (b * b);
        return Order == DepthOrder.Dcr
            ? (new Shape(x[0], b, b, c, x[2], x[3]), [0, 3, 4, 1, 5, 2])
            : (new Shape(x[0], c, b, b, x[2], x[3]), [0, 1, 4, 2, 5, 3]);
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("blocksize", BlockSize);
        a.Set("mode", Order == DepthOrder.Dcr ? "DCR" : "CRD");
    }
}
