using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Normalizes each group of channels of each sample: <c>y = (x - mean) / √(variance + ε) · scale + bias</c>. Inputs: x <c>[batch, channels, extents...]</c>; scale and bias <c>[channels]</c>, or <c>[groups]</c> where <see cref="PerGroup"/>.
/// </summary>
/// <remarks>ONNX <c>GroupNormalization</c>, opset 21, and opset 18's form with a scale for each group; to older opsets it is written as an instance normalization of the groups. Wu and He, arXiv:1803.08494.</remarks>
[OnnxOperator(18)]
public sealed class GroupNormalization : Operator
{
    public required long Groups { get; init; }

    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Scale and bias are one number a group, as opset 18 had it.</summary>
    public bool PerGroup { get; init; }

    public override Precision Precision => Precision.First;

    public static Operator Read(OnnxAttributes a)
    {
        if (a.Opset >= 21) StashType.Read(a);
        return new GroupNormalization { Groups = a.Int("num_groups", 0), Epsilon = a.Float("epsilon", 1e-5f), PerGroup = a.Opset < 21 };
    }

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (x.Rank < 2) throw new GraphException($"the input {x} must be [batch, channels, ...]");
        if (Groups < 1 || x.Shape[1] % Groups != 0) throw new GraphException($"{x.Shape[1]} channels can't be put into num_groups = {Groups} groups of equal size");
        ChannelNorms.Check(s, Epsilon, PerGroup ? Groups : x.Shape[1]);
        return [x];
    }

    // A set's statistics are complete before its first element is written.
    public override int MayOverwrite(int output) => 0;

    public override Cost Cost(Signature s) => new(8.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => ChannelNorms.Gradient(b, new GroupNormalizationGradient { Groups = Groups, Epsilon = Epsilon, PerGroup = PerGroup });

    public override void Write(OnnxAttributes a)
    {
        a.Set("num_groups", Groups);
        a.Set("epsilon", Epsilon);
    }

    public override void Export(OnnxExport e)
    {
        if (PerGroup ? e.Opset is >= 18 and < 21 : e.Opset >= 21)
        {
            base.Export(e);
            return;
        }
        // Instances whose channels are the groups; then, for each channel, scale and shift over all places seen as one axis.
        (Value x, Value scale, Value bias, Value y) = (e.Node.Inputs[0], e.Node.Inputs[1], e.Node.Inputs[2], e.Node.Outputs[0]);
        ElementType type = e.Element(x);
        Value shape = e.Emit("Shape", null, x);
        Value grouped = e.Emit("Reshape", null, x, e.Constant(TensorData.Longs(0, Groups, -1)));
        Value unit = PerGroup ? scale : e.Constant(TensorData.Fill(type, new Shape(Groups), 1)), zero = PerGroup ? bias : e.Constant(TensorData.Fill(type, new Shape(Groups), 0));
        Value normal = e.Emit("InstanceNormalization", a => a.Set("epsilon", Epsilon), grouped, unit, zero);
        if (!PerGroup)
        {
            Value one = e.Constant(TensorData.Longs(1));
            Value planes = e.Emit("Reshape", null, e.Emit("Reshape", null, normal, shape), e.Constant(TensorData.Longs(0, 0, -1)));
            Value scaled = e.Emit("Mul", null, planes, e.Emit("Unsqueeze", null, scale, one));
            normal = e.Emit("Add", null, scaled, e.Emit("Unsqueeze", null, bias, one));
        }
        e.Emit("Reshape", "", [normal, shape], [y]);
    }
}

/// <summary>The gradients of <see cref="GroupNormalization"/> and <see cref="InstanceNormalization"/>. Inputs: dy, x, scale. Outputs: dx, dscale, dbias.</summary>
/// <remarks>With g = dy · scale, r = 1 / √(variance + ε) and x̂ = (x - mean) · r: <c>dx = r · (g - mean(g) - x̂ · mean(g · x̂))</c>, means over a group. The statistics are made again.</remarks>
public sealed class GroupNormalizationGradient : Operator
{
    /// <summary>0: as many as channels.</summary>
    public long Groups { get; init; }

    public float Epsilon { get; init; } = 1e-5f;

    public bool PerGroup { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1), s.Input(2), s.Input(2)];

    public override Cost Cost(Signature s) => new(16.0 * s.Input(1).Elements, s.InputBytes, s.OutputBytes);
}

/// <summary>What normalizations with one scale a channel have in common.</summary>
internal static class ChannelNorms
{
    public static void Check(Signature s, float epsilon, long parameters)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; normalization takes floats: cast it");
        if (!(epsilon >= 0)) throw new GraphException($"epsilon is {epsilon}; it must not be negative");
        for (int i = 1; i < 3; i++)
        {
            s.RequireSameElement(0, i);
            if (s.Input(i).Shape != new Shape(parameters)) throw new GraphException($"{(i == 1 ? "scale" : "bias")} is {s.Input(i)}; with an input {x}, [{parameters}] is needed");
        }
    }

    public static void Gradient(Backward b, Operator gradient)
    {
        ImmutableArray<Value> g = b.AddMany(gradient, 3, b.OutputGradient(0), b.Input(0), b.Input(1));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }
}
