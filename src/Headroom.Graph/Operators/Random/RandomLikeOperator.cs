using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Random numbers of an input's shape. Here, in the inference form, they are the same at each run: they follow from <see cref="Seed"/> alone. In a training step each run draws others (<see cref="RandomTraining"/>).</summary>
public abstract class RandomLikeOperator : Operator
{
    /// <summary>The result's type; null: the input's.</summary>
    public ElementType? Element { get; init; }

    /// <summary>ONNX's <c>seed</c>, a float whatever it holds; 0 where none is given.</summary>
    public float Seed { get; init; }

    /// <summary>What is drawn from.</summary>
    public abstract Distribution Distribution { get; }

    /// <summary>Mean, or the lowest number.</summary>
    public abstract float First { get; }

    /// <summary>Standard deviation, or the number that all lie below.</summary>
    public abstract float Second { get; }

    public override bool ReadsTypeOnly(int input) => input == 0;

    public override bool AcceptsStrides(int input) => input == 0;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => Element ?? inputs[0];

    public override TensorType[] Infer(Signature s) => [RandomTraining.Type(s, Element)];

    // Ten rounds for four words; a logarithm, a sine and a root for two numbers.
    public override Cost Cost(Signature s) => new(Distribution == Distribution.Normal ? 20.0 * s.Output(0).Elements : 3.0 * s.Output(0).Elements, 0, s.OutputBytes);

    public override void Train(TrainingRewrite r)
    {
        (Value seed, Value position, int stream) = r.Random();
        r.Replace(new RandomTraining { Distribution = Distribution, First = First, Second = Second, Element = Element, Stream = stream }, [r.Node.Inputs[0], seed, position], r.Node.Outputs);
    }

    // Nothing of the input but its shape is looked at.
    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a)
    {
        if (Element is { } element) a.Set("dtype", OnnxTypes.Code(element));
        if (Seed != 0) a.Set("seed", Seed);
    }

    private protected static ElementType? ReadElement(OnnxAttributes a) => !a.Has("dtype")
        ? null
        : OnnxTypes.Element(a.Int("dtype", 0)) ?? throw new GraphException($"makes numbers of ONNX's data type {OnnxTypes.Name(a.Int("dtype", 0))}, which is not supported");
}

/// <summary>What random numbers are drawn from.</summary>
public enum Distribution
{
    Normal,
    Uniform,
}

/// <summary>Normal random numbers of an input's shape.</summary>
/// <remarks>ONNX <c>RandomNormalLike</c>, opset 1.</remarks>
[OnnxOperator(1)]
public sealed class RandomNormalLike : RandomLikeOperator
{
    public float Mean { get; init; }

    /// <summary>Standard deviation.</summary>
    public float Scale { get; init; } = 1;

    public override Distribution Distribution => Distribution.Normal;

    public override float First => Mean;

    public override float Second => Scale;

    public static Operator Read(OnnxAttributes a) => new RandomNormalLike { Element = ReadElement(a), Seed = a.Float("seed", 0), Mean = a.Float("mean", 0), Scale = a.Float("scale", 1) };

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        a.Set("mean", Mean);
        a.Set("scale", Scale);
    }
}

/// <summary>Random numbers of an input's shape, uniform in [low, high).</summary>
/// <remarks>ONNX <c>RandomUniformLike</c>, opset 1.</remarks>
[OnnxOperator(1)]
public sealed class RandomUniformLike : RandomLikeOperator
{
    public float Low { get; init; }

    public float High { get; init; } = 1;

    public override Distribution Distribution => Distribution.Uniform;

    public override float First => Low;

    public override float Second => High;

    public static Operator Read(OnnxAttributes a) => new RandomUniformLike { Element = ReadElement(a), Seed = a.Float("seed", 0), Low = a.Float("low", 0), High = a.Float("high", 1) };

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        a.Set("low", Low);
        a.Set("high", High);
    }
}

/// <summary>Random numbers in a training step. Inputs: what gives the shape, seed and position (int64 scalars). Each element follows from seed, position, <see cref="Stream"/> and its index alone, so made again it is the same.</summary>
public sealed class RandomTraining : Operator
{
    public Distribution Distribution { get; init; }

    /// <summary>Mean, or the lowest number.</summary>
    public float First { get; init; }

    /// <summary>Standard deviation, or the number that all lie below.</summary>
    public float Second { get; init; }

    /// <summary>The result's type; null: the input's.</summary>
    public ElementType? Element { get; init; }

    /// <summary>The node's own number: two of one step must not draw the same bits.</summary>
    public int Stream { get; init; }

    public override string Domain => "headroom";

    public override bool ReadsTypeOnly(int input) => input == 0;

    public override bool AcceptsStrides(int input) => input == 0;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => Element ?? inputs[0];

    public override TensorType[] Infer(Signature s)
    {
        for (int i = 1; i < 3; i++)
            if (s.Input(i) != new TensorType(ElementType.Int64)) throw new GraphException($"the {(i == 1 ? "seed" : "position")} is {s.Input(i)}; an int64 scalar is needed");
        return [Type(s, Element)];
    }

    public override Cost Cost(Signature s) => new(Distribution == Distribution.Normal ? 20.0 * s.Output(0).Elements : 3.0 * s.Output(0).Elements, 0, s.OutputBytes);

    public override void Gradient(Backward b) { }

    internal static TensorType Type(Signature s, ElementType? element)
        => (element ?? s.Input(0).Element).IsFloat() ? new TensorType(element ?? s.Input(0).Element, s.Input(0).Shape) : throw new GraphException($"random numbers of type {element ?? s.Input(0).Element} are asked for; give a floating dtype");
}
