using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

internal sealed class QuantizationCases : CaseFamily
{
    public override IEnumerable<Case> All =>
    [
        Of("QuantizeLinear uint8", b => b.Add(new QuantizeLinear(), b.F(5, 37), b.Number(0.02f), Cast(b, ElementType.UInt8, b.Number(117L)))),
        Of("QuantizeLinear int8", b => b.Add(new QuantizeLinear(), b.F(5, 37), b.Number(0.01f), Cast(b, ElementType.Int8, b.Number(-7L)))),
        Of("QuantizeLinear without zero point", b => b.Add(new QuantizeLinear(), b.F(5, 7), b.Number(0.01f))),
        Of("QuantizeLinear typed", b => b.Add(new QuantizeLinear { To = ElementType.Int8 }, b.F(5, 7), b.Number(0.01f)), 21),
        Of("QuantizeLinear each channel", b => b.Add(new QuantizeLinear(), b.F(3, 4, 5), b.Positive(4), Cast(b, ElementType.UInt8, b.I(0, 255, 4)))),
        Of("QuantizeLinear last axis", b => b.Add(new QuantizeLinear { Axis = -1 }, b.F(3, 5), b.Positive(5), Cast(b, ElementType.Int8, b.I(-9, 9, 5)))),
        Of("QuantizeLinear blocks", b => b.Add(new QuantizeLinear { Axis = 1, BlockSize = 2 }, b.F(3, 4, 5), b.Positive(3, 2, 5), Cast(b, ElementType.Int8, b.I(-9, 9, 3, 2, 5))), 21),
        Of("DequantizeLinear uint8", b => b.Add(new DequantizeLinear(), Cast(b, ElementType.UInt8, b.I(0, 255, 5, 37)), b.Number(0.02f), Cast(b, ElementType.UInt8, b.Number(117L)))),
        Of("DequantizeLinear int8", b => b.Add(new DequantizeLinear(), Cast(b, ElementType.Int8, b.I(-128, 127, 5, 37)), b.Number(0.02f), Cast(b, ElementType.Int8, b.Number(-3L)))),
        Of("DequantizeLinear int32", b => b.Add(new DequantizeLinear(), b.I32(-30000, 30000, 5, 37), b.Number(0.02f))),
        Of("DequantizeLinear each channel", b => b.Add(new DequantizeLinear { Axis = -2 }, Cast(b, ElementType.Int8, b.I(-128, 127, 3, 4, 5)), b.Positive(4), Cast(b, ElementType.Int8, b.I(-9, 9, 4)))),
        Of("DequantizeLinear blocks", b => b.Add(new DequantizeLinear { Axis = 0, BlockSize = 3 }, Cast(b, ElementType.UInt8, b.I(0, 255, 7, 5)), b.Positive(3, 5), Cast(b, ElementType.UInt8, b.I(0, 255, 3, 5))), 21),
        Of("DequantizeLinear round trip", b =>
        {
            Value scale = b.Number(0.03f), zero = Cast(b, ElementType.UInt8, b.Number(128L));
            return b.Add(new DequantizeLinear(), b.Add(new QuantizeLinear(), b.F(3, 50), scale, zero), scale, zero);
        }),
    ];

    private static Value Cast(CaseBuilder b, ElementType to, Value v) => b.Add(new Cast { To = to }, v);
}
