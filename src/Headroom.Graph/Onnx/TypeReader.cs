namespace Headroom.Graph.Onnx;

/// <summary>Reads a <c>ValueInfoProto</c>: a value's name and type.</summary>
internal static class TypeReader
{
    // A type may be of any rank in a file; those read have few axes, so no more are kept than show that there are too many.
    private const int MaxDimensions = TensorReader.MaxRank + 1;

    public static FileInput Read(WireReader r, ReadBudget budget)
    {
        budget.Charge(400);
        string name = "";
        string? kind = null;
        long element = 0;
        List<Dimension>? dims = null;
        while (r.Next())
        {
            if (r.Field == ValueFields.Name) name = r.Name();
            else if (r.Field == ValueFields.Type)
            {
                WireReader type = r.Nested();
                while (type.Next())
                {
                    if (type.Field == TypeFields.Tensor) (element, dims) = Tensor(type.Nested(), budget);
                    else
                    {
                        kind = type.Field switch
                        {
                            TypeFields.Sequence => "a sequence",
                            TypeFields.Map => "a map",
                            TypeFields.Sparse => "a sparse tensor",
                            TypeFields.Optional => "an optional",
                            _ => kind,
                        };
                        type.Skip();
                    }
                }
            }
            else r.Skip();
        }
        return new FileInput(name, element, dims, kind);
    }

    private static (long Element, List<Dimension>? Dims) Tensor(WireReader r, ReadBudget budget)
    {
        long element = 0;
        List<Dimension>? dims = null;
        while (r.Next())
        {
            if (r.Field == TypeFields.Element) element = r.Varint();
            else if (r.Field == TypeFields.Shape)
            {
                dims = [];
                WireReader shape = r.Nested();
                while (shape.Next())
                {
                    if (shape.Field != TypeFields.Dim || dims.Count == MaxDimensions)
                    {
                        shape.Skip();
                        continue;
                    }
                    budget.Charge(80);
                    dims.Add(Dimension(shape.Nested()));
                }
            }
            else r.Skip();
        }
        return (element, dims);
    }

    /// <summary>An extent, a name, or, where the file says neither, a dimension of extent -1.</summary>
    private static Dimension Dimension(WireReader r)
    {
        Dimension d = -1;
        while (r.Next())
        {
            if (r.Field == TypeFields.DimValue) d = r.Varint();
            else if (r.Field == TypeFields.DimParam)
            {
                string name = r.Name();
                if (name.Length > 0) d = name;
            }
            else r.Skip();
        }
        return d;
    }
}
