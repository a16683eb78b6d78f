using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>How a resized element comes from its neighbours.</summary>
public enum ResizeMode
{
    Nearest,
    Linear,
    Cubic,
}

/// <summary>Which place of the input an element of the output stands on; <see cref="ResizeAxis.Coordinate"/> has the formulas.</summary>
public enum CoordinateMode
{
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    AlignCorners,
    Asymmetric,
    TfCropAndResize,
}

/// <summary>Which neighbour is the nearest.</summary>
public enum NearestMode
{
    RoundPreferFloor,
    RoundPreferCeil,
    Floor,
    Ceil,
}

/// <summary>What sizes mean.</summary>
public enum AspectPolicy
{
    /// <summary>The sizes as given.</summary>
    Stretch,

    /// <summary>One scale for all axes: the largest under which none exceeds its size.</summary>
    NotLarger,

    /// <summary>One scale for all axes: the smallest under which none falls below its size.</summary>
    NotSmaller,
}

/// <summary>
/// Resizes any axes. Each axis is resized alone, one after another: an output element is a weighted sum of a few neighbours along the axis.
/// Inputs, constants but the first: x, the region <c>[starts.., ends..]</c> in fractions of the input (for <see cref="CoordinateMode.TfCropAndResize"/> alone), and either scales or sizes, one for each axis listed.
/// </summary>
/// <remarks>
/// ONNX <c>Resize</c>, opset 13; axes, antialias and policy came with 18, <see cref="CoordinateMode.HalfPixelSymmetric"/> with 19. Cubic: Keys, IEEE Trans. ASSP 29(6), 1981, eq. 4.
/// A scale gives <c>⌊extent · scale⌋</c> elements; the region doesn't enter there, as in every implementation, whatever the specification's sentence says.
/// </remarks>
[OnnxOperator(13)]
public sealed class Resize : Operator
{
    public ResizeMode Mode { get; init; }

    public CoordinateMode Coordinates { get; init; }

    public NearestMode Nearest { get; init; }

    public AspectPolicy Policy { get; init; }

    /// <summary>Shrinking averages over all that falls into an element.</summary>
    public bool Antialias { get; init; }

    /// <summary>Neighbours beyond the border have no weight, rather than the border's value.</summary>
    public bool ExcludeOutside { get; init; }

    /// <summary>The value where a region leaves the input.</summary>
    public float Extrapolation { get; init; }

    /// <summary>Keys' a.</summary>
    public float CubicCoefficient { get; init; } = -0.75f;

    /// <summary>The axes that scales, sizes and region are of; empty: all.</summary>
    public long[] Axes { get; init; } = [];

    public static Operator Read(OnnxAttributes a) => new Resize
    {
        Mode = Words.Read(a, "mode", ResizeMode.Nearest),
        Coordinates = Words.Read(a, "coordinate_transformation_mode", CoordinateMode.HalfPixel),
        Nearest = Words.Read(a, "nearest_mode", NearestMode.RoundPreferFloor),
        Policy = Words.Read(a, "keep_aspect_ratio_policy", AspectPolicy.Stretch),
        Antialias = a.Flag("antialias"),
        ExcludeOutside = a.Flag("exclude_outside"),
        Extrapolation = a.Float("extrapolation_value", 0),
        CubicCoefficient = a.Float("cubic_coeff_a", -0.75f),
        Axes = a.Ints("axes"),
    };

    // The region enters the weights, which are computed before the run as well.
    public override bool ReadsValue(int input) => input > 0;

    public override bool CastsInput(int input) => input == 0;

    public override bool AcceptsStrides(int input) => input == 0 && Mode == ResizeMode.Nearest;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (Antialias && Mode == ResizeMode.Nearest) throw new GraphException("smooths (antialias) linear and cubic resizing, not the nearest");
        if (x.Element == ElementType.Bool && Mode != ResizeMode.Nearest) throw new GraphException($"has no average of bools {x}; cast it, or take the nearest");
        return [new TensorType(x.Element, new Shape([.. ResizeAxis.All(this, s).Select(a => a.To)]))];
    }

    public override Cost Cost(Signature s)
    {
        double flops = 0;
        if (Mode != ResizeMode.Nearest)
            foreach (ResizeAxis a in ResizeAxis.All(this, s))
                if (a.From != a.To) flops += 2 * s.Output(0).Elements * (Mode == ResizeMode.Cubic ? 4 : 2) * (Antialias ? Math.Max(1, (double)a.From / Math.Max(1, a.To)) : 1);
        return new Cost(flops, s.Input(0).Bytes, s.Output(0).Bytes);
    }

    /// <summary>Where each element along an axis comes from under <see cref="ResizeMode.Nearest"/>; -1 where it is extrapolated.</summary>
    public long[][] Maps(Signature s) => [.. ResizeAxis.All(this, s).Select(a => a.NearestMap(this))];

    /// <summary>For each axis, the neighbours of each element and their weights; null where an axis stays as it is.</summary>
    public ResizeWeights?[] Weights(Signature s) => [.. ResizeAxis.All(this, s).Select(a => ResizeWeights.Of(this, a))];

    public override void Gradient(Backward b)
    {
        long[] extents = b.Signature.Input(0).Shape.Dims.ToArray();
        b.Accumulate(0, Mode == ResizeMode.Nearest
            ? b.Add(new AxisMapGradient { Extents = extents, Maps = Maps(b.Signature) }, b.OutputGradient(0))
            : b.Add(new ResizeGradient { Extents = extents, Weights = Weights(b.Signature) }, b.OutputGradient(0)));
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("mode", Words.Of(Mode));
        a.Set("coordinate_transformation_mode", Words.Of(Coordinates));
        if (Mode == ResizeMode.Nearest) a.Set("nearest_mode", Words.Of(Nearest));
        if (Mode == ResizeMode.Cubic) a.Set("cubic_coeff_a", CubicCoefficient);
        if (ExcludeOutside) a.Set("exclude_outside", true);
        if (Extrapolation != 0) a.Set("extrapolation_value", Extrapolation);
        if (Antialias) a.Set("antialias", true);
        if (Policy != AspectPolicy.Stretch) a.Set("keep_aspect_ratio_policy", Words.Of(Policy));
        if (Axes.Length > 0) a.Set("axes", Axes);
    }

    public override void Export(OnnxExport e)
    {
        if (e.Opset < 18 && (Antialias || Policy != AspectPolicy.Stretch || Axes.Length > 0)) throw new GraphException($"opset {e.Opset} has no antialias, aspect policy or list of axes; export with opset 18");
        if (e.Opset < 19 && Coordinates == CoordinateMode.HalfPixelSymmetric) throw new GraphException($"opset {e.Opset} has no symmetric half pixels; export with opset 19");
        base.Export(e);
    }
}

/// <summary>The gradient of a linear or cubic <see cref="Resize"/> by its input: the same sums with each axis' weights transposed. Input: dy.</summary>
public sealed class ResizeGradient : Operator
{
    /// <summary>The shape that was resized.</summary>
    public required long[] Extents { get; init; }

    /// <summary>As <see cref="Resize.Weights"/> gives them, not transposed.</summary>
    public required ResizeWeights?[] Weights { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        TensorType dy = s.Input(0);
        var expected = new Shape([.. Extents.Select((e, i) => Weights[i]?.To ?? e)]);
        if (dy.Shape != expected) throw new GraphException($"the gradient is {dy}, the resized tensor was {expected}");
        return [new TensorType(dy.Element, new Shape(Extents))];
    }

    public override Cost Cost(Signature s) => new(2 * Weights.Sum(w => w is null || w.To == 0 ? 0 : (double)w.Sources.Length / w.To) * s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}
