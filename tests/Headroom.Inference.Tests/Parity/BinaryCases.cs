using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

/// <summary>Binary, logical, variadic and cast operators.</summary>
internal sealed class BinaryCases : CaseFamily
{
    private static readonly long[] None = [];

    public override IEnumerable<Case> All =>
    [
        Of("Mod divisor's sign", b => b.Add(new Mod(), b.I(-50, 50, 4, 9), b.I(1, 7, 9))),
        Of("Mod negative divisor", b => b.Add(new Mod(), b.I32(-50, 50, 23), b.I32(-7, 0, 23))),
        Of("Mod dividend's sign", b => b.Add(new Mod { Fmod = true }, b.I(-50, 50, 23), b.I(1, 7, 23))),
        Of("Mod numbers", b => b.Add(new Mod { Fmod = true }, b.F(3, 7), b.Positive(7))),
        Of("Mod fp64", b => b.Add(new Mod { Fmod = true }, b.D(3, 1), b.D(7))),
        Of("Pow int64 exponent", b => b.Add(new Pow(), b.F(3, 5), b.I(0, 4, 5))),
        Of("Pow int32 base", b => b.Add(new Pow(), b.I32(-5, 6, 3, 5), b.I32(0, 4, 5))),
        Of("Pow int64 base numbers", b => b.Add(new Pow(), b.I(0, 6, 3, 5), b.Number(2f))),
        Of("Pow root", b => b.Add(new Pow(), b.Positive(3, 5), b.Number(0.5f))),
        Of("Equal numbers", b => b.Add(new Equal(), b.F(3, 1), b.F(5))),
        Of("Equal bools", b => b.Add(new Equal(), b.Bools(3, 5), b.Bools(5))),
        Of("Greater", b => b.Add(new Greater(), b.F(3, 1, 5), b.F(4, 1))),
        Of("Greater int64", b => b.Add(new Greater(), b.I(0, 3, 4, 5), b.I(0, 3, 5))),
        Of("Less", b => b.Add(new Less(), b.F(3, 5), b.F(None))),
        Of("Less int32", b => b.Add(new Less(), b.I32(0, 3, 4, 5), b.I32(0, 3, 5))),
        Of("GreaterOrEqual", b => b.Add(new GreaterOrEqual(), b.F(3, 5), b.F(5))),
        Of("GreaterOrEqual int64", b => b.Add(new GreaterOrEqual(), b.I(0, 3, 4, 5), b.I(0, 3, 5))),
        Of("LessOrEqual", b => b.Add(new LessOrEqual(), b.D(3, 5), b.D(3, 1))),
        Of("LessOrEqual int32", b => b.Add(new LessOrEqual(), b.I32(0, 3, 4, 5), b.I32(0, 3, 5))),
        Of("And", b => b.Add(new And(), b.Bools(3, 1, 5), b.Bools(4, 1))),
        Of("Or", b => b.Add(new Or(), b.Bools(3, 5), b.Bools(5))),
        Of("Xor", b => b.Add(new Xor(), b.Bools(3, 5), b.Bools(3, 5))),
        Of("Sum three", b => b.Add(new Sum(), b.F(3, 1, 5), b.F(4, 1), b.F(5))),
        Of("Sum one", b => b.Add(new Sum(), b.F(3, 5))),
        Of("Sum two fp64", b => b.Add(new Sum(), b.D(3, 5), b.D(5))),
        Of("Mean three", b => b.Add(new Mean(), b.F(3, 1, 5), b.F(4, 1), b.F(None))),
        Of("Mean one", b => b.Add(new Mean(), b.F(3, 5))),
        Of("Max two", b => b.Add(new Max(), b.F(3, 5), b.F(3, 1))),
        Of("Max four", b => b.Add(new Max(), b.F(3, 1, 5), b.F(4, 1), b.F(None), b.F(5))),
        Of("Max int64", b => b.Add(new Max(), b.I(-9, 9, 3, 5), b.I(-9, 9, 5), b.I(-9, 9, None))),
        Of("Max one", b => b.Add(new Max(), b.F(3, 5))),
        Of("Min two", b => b.Add(new Min(), b.D(3, 5), b.D(None))),
        Of("Min three int32", b => b.Add(new Min(), b.I32(-9, 9, 3, 5), b.I32(-9, 9, 5), b.I32(-9, 9, 3, 1))),
        Of("Where int64", b => b.Add(new Where(), b.Bools(3, 1), b.I(0, 9, 5), b.I(0, 9, 3, 5))),
        Of("Cast to fp16 and back", b => b.Add(new Cast { To = ElementType.Float32 }, b.Add(new Cast { To = ElementType.Float16 }, b.F(3, 5)))),
        Of("Cast to bf16 and back", b => b.Add(new Cast { To = ElementType.Float32 }, b.Add(new Cast { To = ElementType.BFloat16 }, b.F(3, 5)))),
        Of("Cast to int8", b => b.Add(new Cast { To = ElementType.Int8 }, b.I(-300, 300, 23))),
        Of("Cast to uint8", b => b.Add(new Cast { To = ElementType.UInt8 }, b.I32(-300, 300, 23))),
        Of("CastLike numbers", b => b.Add(new CastLike(), b.I(-9, 9, 3, 5), b.F(2))),
        Of("CastLike bools", b => b.Add(new CastLike(), b.F(3, 5), b.Bools(2, 2))),
        Of("CastLike integers", b => b.Add(new CastLike(), b.F(3, 5), b.I32(0, 2, 1))),
    ];
}
