using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>What becomes of an element that an update meets.</summary>
public enum ScatterReduction
{
    /// <summary>Replaced; no two updates should meet. Where they do, the last one stays, but all of them get the gradient.</summary>
    None,

    /// <summary>Summed; for bool: or.</summary>
    Add,

    /// <summary>Multiplied; for bool: and.</summary>
    Mul,

    /// <summary>The smaller one; NaN where one is.</summary>
    Min,

    /// <summary>The larger one; NaN where one is.</summary>
    Max,
}

/// <summary>A copy of input 0 with the updates of input 2 put where the indices of input 1 say, in their order.</summary>
/// <remarks>ONNX: reduction add and mul since opset 16, min and max since 18.</remarks>
public abstract class ScatterOperator : Operator
{
    public ScatterReduction Reduction { get; init; }

    public override Precision Precision => Precision.First;

    // The copy is spared where nobody else wants the old values.
    public override int MayOverwrite(int output) => 0;

    public override Cost Cost(Signature s) => new(Reduction == ScatterReduction.None ? 0 : s.Input(2).Elements, s.InputBytes, s.Output(0).Bytes + s.Input(2).Bytes);

    public override void Write(OnnxAttributes a)
    {
        if (Reduction != ScatterReduction.None) a.Set("reduction", Words.Of(Reduction));
    }

    public override void Export(OnnxExport e)
    {
        int since = Reduction switch { ScatterReduction.None => 13, ScatterReduction.Add or ScatterReduction.Mul => 16, _ => 18 };
        if (e.Opset < since) throw new GraphException($"opset {e.Opset} doesn't scatter by '{Words.Of(Reduction)}'; export with opset {since}");
        base.Export(e);
    }

    public override void Gradient(Backward b)
    {
        Value dy = b.OutputGradient(0);
        switch (Reduction)
        {
            case ScatterReduction.Add:
                b.Accumulate(0, dy);
                if (b.Needs(2)) b.Accumulate(2, Gather(b, dy));
                break;
            case ScatterReduction.None:
                if (b.Needs(0)) b.Accumulate(0, Scatter(b, ScatterReduction.None, dy, Filled(b, 2, 0)));
                if (b.Needs(2)) b.Accumulate(2, Gather(b, dy));
                break;
            case ScatterReduction.Mul:
                ProductGradient(b, dy);
                break;
            default:
                ExtremeGradient(b, dy);
                break;
        }
    }

    /// <summary>The elements of a tensor of input 0's shape that the updates go to.</summary>
    protected abstract Value Gather(Backward b, Value from);

    /// <summary>The same scatter of other data and updates.</summary>
    protected abstract Value Scatter(Backward b, ScatterReduction reduction, Value data, Value updates);

    // The derivative by a factor is the product of the others: of those that are not zero where no other is zero, else zero.
    private void ProductGradient(Backward b, Value dy)
    {
        Value zero = Number(b, dy, 0), one = Number(b, dy, 1);
        Value Zero(int i) => b.Add(new Equal(), b.Input(i), zero);
        Value Count(int i) => b.Add(new Where(), Zero(i), one, zero);
        Value Safe(int i) => b.Add(new Where(), Zero(i), one, b.Input(i));
        Value product = Scatter(b, ScatterReduction.Mul, Safe(0), Safe(2)), zeros = Scatter(b, ScatterReduction.Add, Count(0), Count(2));
        Value scaled = b.Add(new Mul(), dy, product);
        Value Slope(int i, Value gradient, Value count)
            => b.Add(new Where(), b.Add(new Equal(), count, Count(i)), b.Add(new Div(), gradient, Safe(i)), zero);
        if (b.Needs(0)) b.Accumulate(0, Slope(0, scaled, zeros));
        if (b.Needs(2)) b.Accumulate(2, Slope(2, Gather(b, scaled), Gather(b, zeros)));
    }

    // Whoever equals the result gets the gradient; several share it.
    private void ExtremeGradient(Backward b, Value dy)
    {
        Value zero = Number(b, dy, 0), one = Number(b, dy, 1), y = b.Output(0);
        Value old = b.Add(new Where(), b.Add(new Equal(), b.Input(0), y), one, zero), updated = b.Add(new Where(), b.Add(new Equal(), b.Input(2), Gather(b, y)), one, zero);
        Value share = b.Add(new Div(), dy, Scatter(b, ScatterReduction.Add, old, updated));
        if (b.Needs(0)) b.Accumulate(0, b.Add(new Mul(), share, old));
        if (b.Needs(2)) b.Accumulate(2, b.Add(new Mul(), Gather(b, share), updated));
    }

    private static Value Number(Backward b, Value like, double value) => b.Constant(TensorData.Fill(b.Type(like).Element, Shape.Scalar, value));

    private static Value Filled(Backward b, int like, double value)
    {
        TensorType type = b.Signature.Input(like);
        return b.Add(new ConstantOfShape { Value = TensorData.Fill(type.Element, new Shape(1), value) }, b.Constant(TensorData.Longs(type.Shape.Dims)));
    }
}
