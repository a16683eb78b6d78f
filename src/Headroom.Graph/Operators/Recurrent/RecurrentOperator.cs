using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Which way a recurrent layer reads its sequences.</summary>
public enum RecurrentDirection
{
    Forward,

    /// <summary>From the last step to the first; a shorter sequence begins at its own last step.</summary>
    Reverse,

    /// <summary>Two layers, one each way, side by side in the results.</summary>
    Bidirectional,
}

/// <summary>
/// What the recurrent layers share. Inputs: X <c>[seq, batch, input]</c>, W <c>[directions, gates · hidden, input]</c>, R <c>[directions, gates · hidden, hidden]</c>, and, optional, B <c>[directions, 2 · gates · hidden]</c>
/// (of W, then of R), the lengths of the sequences (int32 <c>[batch]</c>), and the states before the first step <c>[directions, batch, hidden]</c>. Outputs: all states <c>[seq, directions, batch, hidden]</c> (zeros after
/// a sequence's end), the last ones <c>[directions, batch, hidden]</c>, and, beyond ONNX, what a training step keeps for the gradient. With <see cref="BatchFirst"/>: <c>[batch, seq, input]</c>,
/// <c>[batch, seq, directions, hidden]</c>, <c>[batch, directions, hidden]</c>.
/// </summary>
public abstract class RecurrentOperator : Operator
{
    protected RecurrentOperator() { }

    protected RecurrentOperator(RecurrentOperator other)
        => (Direction, BatchFirst, Clip, HiddenSize, Activations) = (other.Direction, other.BatchFirst, other.Clip, other.HiddenSize, other.Activations);

    public RecurrentDirection Direction { get; init; }

    /// <summary>ONNX's <c>layout</c> 1.</summary>
    public bool BatchFirst { get; init; }

    /// <summary>What goes into an activation is cut to ±this; 0: it isn't.</summary>
    public float Clip { get; init; }

    /// <summary>ONNX's <c>hidden_size</c>, which R gives as well; 0: what R says.</summary>
    public long HiddenSize { get; init; }

    /// <summary>The activations of the first direction, then of the second; empty: the defaults.</summary>
    public ImmutableArray<RecurrentActivation> Activations { get; init; } = [];

    /// <summary>Gates of the cell: rows of W by hidden units.</summary>
    public abstract int Gates { get; }

    /// <summary>The activations of one direction, as ONNX has them.</summary>
    protected abstract ImmutableArray<RecurrentActivation> Defaults { get; }

    /// <summary>What a training step keeps, in numbers a unit and step.</summary>
    public abstract int Kept { get; }

    /// <summary>How many states the cell has: 2 with a cell state beside the hidden one.</summary>
    public virtual int States => 1;

    public int Directions => Direction == RecurrentDirection.Bidirectional ? 2 : 1;

    /// <summary>How many outputs ONNX has; the next one is what a training step keeps.</summary>
    public int KeptOutput => 1 + States;

    // States are rounded at every step, so a half type would add up its errors; the products are done in fp32 in any case.
    public override Precision Precision => Precision.Full;

    /// <summary>One activation of a direction.</summary>
    public RecurrentActivation Activation(int direction, int index)
    {
        ImmutableArray<RecurrentActivation> defaults = Defaults;
        return Activations.IsDefaultOrEmpty ? defaults[index] : Activations[direction * defaults.Length + index];
    }

    /// <summary>The type that states and products are computed in.</summary>
    public static ElementType Compute(ElementType x) => x == ElementType.Float64 ? x : ElementType.Float32;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output == KeptOutput ? Compute(inputs[0]) : inputs[0];

    /// <summary>The extents.</summary>
    /// <exception cref="GraphException">The inputs don't fit.</exception>
    public RecurrentShape ShapeOf(Signature s)
    {
        TensorType x = s.Input(0), w = s.Input(1), r = s.Input(2);
        if (!x.Element.IsFloat()) throw new GraphException($"takes floating numbers, the input is {x}; cast it");
        s.RequireRank(0, 3, "X");
        s.RequireRank(2, 3, "R");
        (long batch, long seq) = BatchFirst ? (x.Shape[0], x.Shape[1]) : (x.Shape[1], x.Shape[0]);
        var shape = new RecurrentShape(seq, batch, x.Shape[2], r.Shape[2], Directions);
        long hidden = shape.Hidden, rows = checked(Gates * hidden);
        if (HiddenSize > 0 && HiddenSize != hidden) throw new GraphException($"hidden_size is {HiddenSize}, R {r.Shape} has {hidden} hidden units");
        if (!Activations.IsDefaultOrEmpty && Activations.Length != Defaults.Length * Directions)
            throw new GraphException($"{Activations.Length} activations are named; {Defaults.Length * Directions} are needed, {Defaults.Length} a direction");
        Require(s, 1, x.Element, "W", [Directions, rows, shape.Input]);
        Require(s, 2, x.Element, "R", [Directions, rows, hidden]);
        Require(s, 3, x.Element, "B", [Directions, checked(2 * rows)]);
        Require(s, 4, ElementType.Int32, "sequence_lens", [batch]);
        long[] state = BatchFirst ? [batch, Directions, hidden] : [Directions, batch, hidden];
        Require(s, 5, x.Element, "initial_h", state);
        if (States > 1) Require(s, 6, x.Element, "initial_c", state);
        if (States > 1) Require(s, 7, x.Element, "P", [Directions, checked(3 * hidden)]);
        return shape;
    }

    public override TensorType[] Infer(Signature s)
    {
        RecurrentShape r = ShapeOf(s);
        ElementType x = s.Input(0).Element;
        TensorType all = BatchFirst ? new(x, r.Batch, r.Seq, r.Directions, r.Hidden) : new(x, r.Seq, r.Directions, r.Batch, r.Hidden);
        TensorType last = BatchFirst ? new(x, r.Batch, r.Directions, r.Hidden) : new(x, r.Directions, r.Batch, r.Hidden);
        return [all, .. Enumerable.Repeat(last, States), new TensorType(Compute(x), r.Directions, r.Seq, r.Batch, checked(Kept * r.Hidden))];
    }

    public override Cost Cost(Signature s) => new(Flops(s), s.InputBytes, s.OutputBytes);

    /// <summary>The products of all steps, and about 8 FLOPs for each number of the cell.</summary>
    protected double Flops(Signature s)
    {
        RecurrentShape r = ShapeOf(s);
        return (double)r.Directions * r.Seq * r.Batch * r.Hidden * (2.0 * Gates * (r.Input + r.Hidden) + 8.0 * Kept);
    }

    public override void Train(TrainingRewrite r)
    {
        ImmutableArray<Value> outputs = r.Node.Outputs;
        Value named = outputs.FirstOrDefault(o => o.Exists);
        if (!named.Exists) r.Keep();
        else r.Replace(this, r.Node.Inputs, [.. outputs, .. Enumerable.Repeat(Value.None, KeptOutput - outputs.Length), new Value($"{named}.kept")]);
    }

    public override void Write(OnnxAttributes a)
    {
        RecurrentActivation.Write(a, Activations);
        if (Clip > 0) a.Set("clip", Clip);
        if (Direction != RecurrentDirection.Forward) a.Set("direction", Direction == RecurrentDirection.Reverse ? "reverse" : "bidirectional");
        if (HiddenSize > 0) a.Set("hidden_size", HiddenSize);
        if (BatchFirst) a.Set("layout", 1L);
    }

    public override void Export(OnnxExport e)
    {
        if (BatchFirst && e.Opset < 14) throw new GraphException("layout 1 (the batch first) exists in ONNX since opset 14; export with opset 14 or later");
        // What a training step keeps is no output of ONNX's. ONNX wants hidden_size, which R gives.
        long? hidden = HiddenSize > 0 ? null : e.Dimensions(e.Node.Inputs[2])?[^1].Extent;
        e.Emit(Name, Domain, e.Node.Inputs, [.. e.Node.Outputs.Take(KeptOutput)], a =>
        {
            Write(a);
            if (hidden is > 0 and { } h) a.Set("hidden_size", h);
        });
    }

    /// <summary>The types of the gradients, one an input, in the inputs' order; where an input is absent or has no gradient, a placeholder that nobody reads.</summary>
    protected TensorType[] GradientTypes(Signature s)
    {
        ShapeOf(s);
        return [.. Enumerable.Range(0, InputCount).Select(i => s.Has(i) && i != 4 ? s.Input(i) : new TensorType(s.Input(0).Element, 0))];
    }

    /// <summary>How many inputs ONNX has.</summary>
    public int InputCount => States > 1 ? 8 : 6;

    /// <summary>Adds the gradient's node: the inputs, what was kept, then the gradients of the outputs.</summary>
    protected void Accumulate(Backward b, RecurrentOperator gradient)
    {
        // A node in its inference form kept nothing: it runs again.
        Value kept = b.Output(KeptOutput);
        ImmutableArray<Value> inputs = [.. Enumerable.Range(0, InputCount).Select(b.Input)];
        if (!kept.Exists) kept = b.AddMany(this, KeptOutput + 1, inputs.AsSpan())[KeptOutput];
        ImmutableArray<Value> g = b.AddMany(gradient, InputCount, [.. inputs, kept, .. Enumerable.Range(0, KeptOutput).Select(b.OutputGradient)]);
        for (int i = 0; i < InputCount; i++) if (i != 4 && b.Needs(i)) b.Accumulate(i, g[i]);
    }

    protected static RecurrentDirection ReadDirection(OnnxAttributes a) => a.Text("direction", "forward") switch
    {
        "forward" => RecurrentDirection.Forward,
        "reverse" => RecurrentDirection.Reverse,
        "bidirectional" => RecurrentDirection.Bidirectional,
        var other => throw new GraphException($"direction is '{other}'; forward, reverse and bidirectional are known"),
    };

    protected static bool ReadLayout(OnnxAttributes a) => a.Int("layout", 0) is 0 or 1 ? a.Int("layout", 0) == 1 : throw new GraphException($"layout is {a.Int("layout", 0)}; 0 and 1 are known");

    private static void Require(Signature s, int input, ElementType element, string name, long[] dims)
    {
        if (s.Has(input) && s.Input(input) != new TensorType(element, dims)) throw new GraphException($"{name} is {s.Input(input)}; {new TensorType(element, dims)} is needed");
    }
}

/// <summary>The extents of one recurrent layer.</summary>
/// <param name="Seq">Steps.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Input">Features of a step.</param>
/// <param name="Hidden">Hidden units.</param>
/// <param name="Directions">1 or 2.</param>
public readonly record struct RecurrentShape(long Seq, long Batch, long Input, long Hidden, int Directions)
{
    /// <summary>Rows of all steps.</summary>
    public long Rows => checked(Seq * Batch);
}
