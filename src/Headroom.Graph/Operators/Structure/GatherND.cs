using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Takes slices by tuples of indices: the last axis of input 1 holds tuples into the first axes of x after <see cref="BatchDims"/>, which both inputs share.
/// <c>[b.., n.., rest..]</c> and <c>[b.., i.., k]</c> give <c>[b.., i.., rest after k axes..]</c>.
/// </summary>
/// <remarks>ONNX <c>GatherND</c>, opset 13. The run refuses an index outside its axis by name and place.</remarks>
[OnnxOperator(13)]
public sealed class GatherND : Operator
{
    public long BatchDims { get; init; }

    public static Operator Read(OnnxAttributes a) => new GatherND { BatchDims = a.Int("batch_dims", 0) };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        return [new TensorType(x.Element, Slices(s, x.Shape, BatchDims))];
    }

    public override Cost Cost(Signature s) => new(0, s.Output(0).Bytes + s.Input(1).Bytes, s.Output(0).Bytes);

    public override TensorData[]? Fold(Signature s)
    {
        if (!Folding.Can(s)) return null;
        TensorData x = s.Constant(0)!;
        long[] starts = Starts(s.Constant(1)!, x.Type.Shape, BatchDims);
        long slice = starts.Length == 0 ? 0 : s.Output(0).Elements / starts.Length;
        return [Folding.Pick(s.Output(0), i => (x, starts[i / slice] + i % slice))];
    }

    // Slices taken more than once get the sum, in fp32 for halves.
    public override void Gradient(Backward b)
        => b.Accumulate(0, GatherElements.InFull(b, b.OutputGradient(0), (dy, _)
            => b.Add(new GatherNDGradient { BatchDims = BatchDims, Extents = b.Signature.Input(0).Shape.Dims.ToArray() }, dy, b.Input(1))));

    public override void Write(OnnxAttributes a)
    {
        if (BatchDims != 0) a.Set("batch_dims", BatchDims);
    }

    /// <summary>The shape of the slices that the tuples of input 1 name in a tensor.</summary>
    /// <exception cref="GraphException">They don't fit it, or a known one is outside.</exception>
    internal static Shape Slices(Signature s, Shape x, long batchDims)
    {
        TensorType indices = s.Input(1);
        if (indices.Element is not (ElementType.Int64 or ElementType.Int32)) throw new GraphException($"the indices are {indices}, int64 or int32 is needed");
        if (x.Rank == 0 || indices.Rank == 0) throw new GraphException($"takes tuples {indices} into {x}; neither may be a scalar");
        if (batchDims < 0 || batchDims >= Math.Min(x.Rank, indices.Rank)) throw new GraphException($"batch_dims is {batchDims}, it must be below the rank of both {x} and the indices {indices}");
        int batch = (int)batchDims;
        for (int i = 0; i < batch; i++)
            if (x[i] != indices.Shape[i]) throw new GraphException($"batch axis {i} differs: {x} and the indices {indices}");
        long tuple = indices.Shape[-1];
        if (tuple < 1 || tuple > x.Rank - batch) throw new GraphException($"the indices {indices} are tuples of {tuple} for {x.Rank - batch} axes of {x}");
        if (s.Constant(1) is TensorData known) Starts(known, x, batch);
        return new Shape([.. indices.Shape.Dims[..^1], .. x.Dims[(batch + (int)tuple)..]]);
    }

    /// <summary>The first element of the slice that each tuple names.</summary>
    /// <exception cref="GraphException">An index is outside its axis.</exception>
    internal static long[] Starts(TensorData indices, Shape x, long batchDims)
    {
        long[] values = indices.ToLongs(), strides = x.Strides();
        int batch = (int)batchDims, tuple = (int)indices.Type.Shape[-1];
        var starts = new long[values.Length / tuple];
        long batches = new Shape(x.Dims[..batch]).Elements, perBatch = batches == 0 ? 1 : Math.Max(1, starts.Length / batches), size = new Shape(x.Dims[batch..]).Elements;
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = i / perBatch * size;
            for (int k = 0; k < tuple; k++)
            {
                long index = values[i * tuple + k], extent = x[batch + k];
                if (index < -extent || index >= extent) throw new GraphException($"index {index} is outside axis {batch + k} of {x}");
                starts[i] += (index < 0 ? index + extent : index) * strides[batch + k];
            }
        }
        return starts;
    }
}

/// <summary>The gradient of <see cref="GatherND"/> by what was taken from: each slice of dy added to the place that it came from, in the indices' order, zero where none did. Inputs: dy, indices.</summary>
public sealed class GatherNDGradient : Operator
{
    public long BatchDims { get; init; }

    /// <summary>The shape that was taken from.</summary>
    public required long[] Extents { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        var x = new Shape(Extents);
        Shape expected = GatherND.Slices(s, x, BatchDims);
        if (s.Input(0).Shape != expected) throw new GraphException($"the gradient is {s.Input(0)}, indices {s.Input(1)} into {x} give {expected}");
        return [new TensorType(s.Input(0).Element, x)];
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes + s.Input(0).Bytes);
}
