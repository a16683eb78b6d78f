using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

internal sealed class DataMovementCases : CaseFamily
{
    public override IEnumerable<Case> All =>
    [
        Of("Tile", b => b.Add(new Tile(), b.F(2, 3, 1), b.L(2, 1, 4))),
        Of("Tile int64", b => b.Add(new Tile(), b.I(0, 9, 2, 3), b.L(3, 2))),
        Of("Tile bools", b => b.Add(new Tile(), b.Bools(3), b.L(5))),
        Of("Pad zeros", b => b.Add(new Pad(), b.F(2, 3, 4), b.L(0, 1, 2, 3, 0, 1))),
        Of("Pad number", b => b.Add(new Pad(), b.F(3, 4), b.L(1, 0, 0, 2), b.Number(1.5f))),
        Of("Pad crop", b => b.Add(new Pad(), b.F(5, 6), b.L(-1, 1, 2, -2))),
        Of("Pad edge", b => b.Add(new Pad { Mode = PadMode.Edge }, b.F(2, 3, 4), b.L(1, 2, 0, 0, 3, 2))),
        Of("Pad reflect", b => b.Add(new Pad { Mode = PadMode.Reflect }, b.F(1, 2, 4, 5), b.L(0, 0, 2, 1, 0, 0, 3, 4))),
        Of("Pad axes", b => b.Add(new Pad(), b.F(2, 3, 4), b.L(1, 2, 3, 0), Value.None, b.L(-1, 0)), 18),
        Of("Pad wrap", b => b.Add(new Pad { Mode = PadMode.Wrap }, b.F(2, 3, 4), b.L(0, 2, 1, 0, 1, 3)), 19),
        Of("Pad int64", b => b.Add(new Pad(), b.I(0, 9, 3), b.L(2, 1), b.Number(7L))),
        Of("GatherElements first", b => b.Add(new GatherElements(), b.F(4, 5), b.I(-4, 4, 3, 5))),
        Of("GatherElements middle", b => b.Add(new GatherElements { Axis = 1 }, b.F(3, 4, 5), b.I(-4, 4, 3, 7, 5))),
        Of("GatherElements last int32", b => b.Add(new GatherElements { Axis = -1 }, b.D(3, 5), b.I32(0, 5, 3, 8))),
        Of("GatherND elements", b => b.Add(new GatherND(), b.F(3, 4), b.I(-3, 3, 5, 2))),
        Of("GatherND slices", b => b.Add(new GatherND(), b.F(4, 3, 5), b.I(-3, 3, 2, 6, 1))),
        Of("GatherND batches", b => b.Add(new GatherND { BatchDims = 1 }, b.F(3, 4, 5), b.I(-4, 4, 3, 2, 1))),
        Of("ScatterElements", b => b.Add(new ScatterElements { Axis = 1 }, b.F(3, 5), b.L2(3, 2, 0, 4, 1, -2, -1, 0), b.F(3, 2))),
        Of("ScatterElements add", b => b.Add(new ScatterElements { Axis = 0, Reduction = ScatterReduction.Add }, b.F(3, 5), b.I(-3, 3, 4, 5), b.F(4, 5)), 16),
        Of("ScatterElements mul", b => b.Add(new ScatterElements { Axis = 1, Reduction = ScatterReduction.Mul }, b.F(3, 5), b.I(0, 5, 3, 7), b.F(3, 7)), 16),
        Of("ScatterElements min", b => b.Add(new ScatterElements { Axis = -1, Reduction = ScatterReduction.Min }, b.F(3, 5), b.I(0, 5, 2, 7), b.F(2, 7)), 18),
        Of("ScatterElements max int64", b => b.Add(new ScatterElements { Reduction = ScatterReduction.Max }, b.I(-9, 9, 4), b.I(0, 4, 9), b.I(-9, 9, 9)), 18),
        Of("ScatterND", b => b.Add(new ScatterND(), b.F(4, 3), b.L2(2, 1, 3, 0), b.F(2, 3))),
        Of("ScatterND add", b => b.Add(new ScatterND { Reduction = ScatterReduction.Add }, b.F(4, 3), b.I(-3, 3, 7, 2), b.F(7)), 16),
        Of("ScatterND mul", b => b.Add(new ScatterND { Reduction = ScatterReduction.Mul }, b.F(4, 3), b.I(-4, 4, 7, 1), b.F(7, 3)), 16),
        Of("ScatterND min", b => b.Add(new ScatterND { Reduction = ScatterReduction.Min }, b.F(4, 3), b.I(0, 4, 6, 1), b.F(6, 3)), 18),
        Of("ScatterND max", b => b.Add(new ScatterND { Reduction = ScatterReduction.Max }, b.F(4, 3), b.I(0, 3, 6, 2), b.F(6)), 18),
        Of("DepthToSpace dcr", b => b.Add(new DepthToSpace { BlockSize = 2 }, b.F(2, 12, 3, 5))),
        Of("DepthToSpace crd", b => b.Add(new DepthToSpace { BlockSize = 3, Order = DepthOrder.Crd }, b.F(1, 18, 2, 3))),
        Of("SpaceToDepth", b => b.Add(new SpaceToDepth { BlockSize = 2 }, b.F(2, 3, 4, 6))),
        Of("SizeOf", b => b.Add(new Mul(), b.I(1, 5, 3), b.Add(new SizeOf(), b.F(4, 3)))),
        Of("NumberRange fp32", b => b.Add(new Add(), b.F(5), b.Add(new NumberRange(), b.Number(1f), b.Number(3.4f), b.Number(0.5f)))),
        Of("NumberRange int64", b => b.Add(new Add(), b.I(0, 9, 4), b.Add(new NumberRange(), b.Number(9L), b.Number(-2L), b.Number(-3L)))),
        .. Resizes(),
    ];

    private static IEnumerable<Case> Resizes()
    {
        Value Sized(CaseBuilder b, Resize op, params long[] sizes) => b.Add(op, b.F(1, 2, 5, 7), Value.None, Value.None, b.L(sizes));
        foreach (NearestMode nearest in Enum.GetValues<NearestMode>())
            yield return Of($"Resize nearest {nearest}", b => Sized(b, new Resize { Nearest = nearest }, 1, 2, 8, 5));
        yield return Of("Resize nearest asymmetric scales", b => b.Add(new Resize { Coordinates = CoordinateMode.Asymmetric, Nearest = NearestMode.Floor }, b.F(1, 2, 3, 4), Value.None, b.Floats(1, 1, 2, 3)));
        yield return Of("Resize nearest int32", b => b.Add(new Resize { Coordinates = CoordinateMode.Asymmetric, Nearest = NearestMode.Floor }, b.I32(0, 99, 1, 2, 3, 4), Value.None, b.Floats(1, 1, 2, 3)));
        foreach (CoordinateMode mode in new[] { CoordinateMode.HalfPixel, CoordinateMode.PytorchHalfPixel, CoordinateMode.AlignCorners, CoordinateMode.Asymmetric })
        {
            yield return Of($"Resize linear {mode}", b => Sized(b, new Resize { Mode = ResizeMode.Linear, Coordinates = mode }, 1, 2, 9, 4));
            yield return Of($"Resize cubic {mode}", b => Sized(b, new Resize { Mode = ResizeMode.Cubic, Coordinates = mode, CubicCoefficient = -0.5f }, 1, 2, 9, 4));
        }
        yield return Of("Resize linear symmetric", b => b.Add(new Resize { Mode = ResizeMode.Linear, Coordinates = CoordinateMode.HalfPixelSymmetric }, b.F(1, 1, 5, 7), Value.None, b.Floats(1, 1, 2.3f, 0.6f)), 19);
        yield return Of("Resize linear scales", b => b.Add(new Resize { Mode = ResizeMode.Linear }, b.F(1, 2, 4, 6), Value.None, b.Floats(1, 1, 2, 0.5f)));
        yield return Of("Resize linear one axis", b => b.Add(new Resize { Mode = ResizeMode.Linear, Axes = [-1] }, b.F(1, 2, 4, 6), Value.None, b.Floats(1.5f)), 18);
        yield return Of("Resize cubic excluding", b => Sized(b, new Resize { Mode = ResizeMode.Cubic, ExcludeOutside = true }, 1, 2, 3, 9));
        yield return Of("Resize linear antialias", b => Sized(b, new Resize { Mode = ResizeMode.Linear, Antialias = true }, 1, 2, 3, 4), 18);
        yield return Of("Resize linear crop", b => b.Add(new Resize { Mode = ResizeMode.Linear, Coordinates = CoordinateMode.TfCropAndResize, Extrapolation = 3 },
            b.F(1, 2, 5, 7), b.Floats(0, 0, 0.2f, -0.3f, 1, 1, 0.9f, 0.7f), Value.None, b.L(1, 2, 4, 6)));
        foreach (AspectPolicy policy in new[] { AspectPolicy.NotLarger, AspectPolicy.NotSmaller })
            yield return Of($"Resize {policy}", b => b.Add(new Resize { Policy = policy, Axes = [2, 3], Coordinates = CoordinateMode.Asymmetric, Nearest = NearestMode.Floor }, b.F(1, 2, 4, 6), Value.None, Value.None, b.L(8, 18)), 18);
    }
}
