using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Largest element of each window, padding excluded. The second output, optional, is where it stood: an index into the flat input, int64; the gradient goes there. Of equal elements the first wins; NaN wins over all; a dilated window that meets padding only gives the type's lowest value at index -1.</summary>
/// <remarks>ONNX <c>MaxPool</c>, opset 12.</remarks>
[OnnxOperator(12)]
public sealed class MaxPool : WindowOperator
{
    public MaxPool() { }

    private MaxPool(OnnxAttributes a) : base(a) => ColumnMajor = a.Flag("storage_order");

    private MaxPool(MaxPool other, bool columnMajor) : base(other) => ColumnMajor = columnMajor;

    /// <summary>Whether the places count the first spatial axis fastest (ONNX's <c>storage_order</c> 1), within each plane.</summary>
    public bool ColumnMajor { get; init; }

    public static Operator Read(OnnxAttributes a) => new MaxPool(a);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output == 1 ? ElementType.Int64 : inputs[0];

    public SlidingWindow Window(TensorType x) => Resolve(x.Shape, KernelShape);

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat() && x.Element is not (ElementType.Int8 or ElementType.UInt8)) throw new GraphException($"the input is {x}; floats and 8-bit integers can be pooled: cast it");
        SlidingWindow window = Window(x);
        PoolRules.RequirePadsWithinWindow(window);
        var shape = new Shape([x.Shape[0], x.Shape[1], .. window.Output]);
        return [new TensorType(x.Element, shape), new TensorType(ElementType.Int64, shape)];
    }

    public override Cost Cost(Signature s) => new((double)Infer(s)[0].Elements * Window(s.Input(0)).KernelElements, s.InputBytes, s.OutputBytes);

    public override void Train(TrainingRewrite r)
    {
        if (ColumnMajor || (r.Node.Outputs.Length > 1 && r.Node.Outputs[1].Exists)) r.Keep();
        else r.Replace(this, r.Node.Inputs, [r.Node.Outputs[0], new Value($"{r.Node.Outputs[0]}.indices")]);
    }

    public override void Gradient(Backward b)
    {
        if (!b.OutputGradient(0).Exists) return;
        // A node that kept no indices, or counts them by columns, makes them again.
        Value indices = b.Output(1).Exists && !ColumnMajor ? b.Output(1) : b.AddMany(new MaxPool(this, columnMajor: false), 2, b.Input(0))[1];
        b.Accumulate(0, b.Add(new MaxPoolGradient { InputShape = b.Signature.Input(0).Shape }, b.OutputGradient(0), indices));
    }

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        if (ColumnMajor) a.Set("storage_order", 1L);
    }
}

/// <summary>The gradient of <see cref="MaxPool"/>: each window's gradient is added where its largest element stood. Inputs: dy, indices.</summary>
public sealed class MaxPoolGradient : Operator
{
    public Shape InputShape { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [new TensorType(s.Input(0).Element, InputShape)];

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}

/// <summary>What pooling asks of its geometry.</summary>
internal static class PoolRules
{
    /// <exception cref="GraphException">A window could lie in the padding alone, and would have no element.</exception>
    public static void RequirePadsWithinWindow(SlidingWindow w)
    {
        for (int i = 0; i < w.Axes; i++)
        {
            long reach = (w.Kernel[i] - 1) * w.Dilations[i] + 1;
            if (w.Before[i] >= reach || w.After[i] >= reach)
                throw new GraphException($"padding {w.Before[i]} + {w.After[i]} on spatial axis {i} is not smaller than the window's reach of {reach}: a window would see padding only");
        }
    }
}
