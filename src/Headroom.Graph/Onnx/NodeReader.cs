namespace Headroom.Graph.Onnx;

/// <summary>An attribute that no operator here takes.</summary>
internal sealed record UnsupportedAttribute(string What);

/// <summary>Reads a <c>NodeProto</c>.</summary>
internal static class NodeReader
{
    // Longer lists are tensors' business.
    private const int MaxList = 100_000;

    // What a node takes in memory, from here to the model, beside its names; measured.
    private const long NodeBytes = 1500, EdgeBytes = 150, AttributeBytes = 300;

    public static FileNode Read(WireReader r, ReadBudget budget)
    {
        budget.Charge(NodeBytes);
        string name = "", op = "", domain = "";
        List<Value> inputs = [], outputs = [];
        List<(string, object)> attributes = [];
        while (r.Next())
        {
            switch (r.Field)
            {
                case NodeFields.Input: inputs.Add(Edge(ref r, budget)); break;
                case NodeFields.Output: outputs.Add(Edge(ref r, budget)); break;
                case NodeFields.Name: name = r.Name(); break;
                case NodeFields.Op: op = r.Name(); break;
                case NodeFields.Domain: domain = r.Name(); break;
                case NodeFields.Attribute:
                    budget.Charge(AttributeBytes);
                    attributes.Add(Attribute(r.Nested(), budget));
                    break;
                default: r.Skip(); break;
            }
        }
        return new FileNode(name, op, domain, [.. inputs], [.. outputs], attributes);
    }

    private static Value Edge(ref WireReader r, ReadBudget budget)
    {
        budget.Charge(EdgeBytes);
        string name = r.Name();
        return name.Length == 0 ? Value.None : new Value(name);
    }

    private static (string Name, object Value) Attribute(WireReader r, ReadBudget budget)
    {
        string name = "";
        object? single = null, other = null;
        long kind = 0;
        List<float> floats = [];
        List<long> ints = [];
        List<string> texts = [];
        while (r.Next())
        {
            switch (r.Field)
            {
                case AttributeFields.Name: name = r.Name(); break;
                case AttributeFields.Float: single = r.Float(); break;
                case AttributeFields.Int: single = r.Varint(); break;
                case AttributeFields.Text: single = r.Text(); break;
                case AttributeFields.Tensor: single = TensorReader.Scan(ref r, budget); break;
                case AttributeFields.Floats: r.AddFloats(floats, MaxList); break;
                case AttributeFields.Ints: r.AddVarints(ints, MaxList); break;
                case AttributeFields.Texts: texts.Add(r.Text()); break;
                case AttributeFields.Kind: kind = r.Varint(); break;
                case AttributeFields.Graph or AttributeFields.Graphs: Other(ref r, "a subgraph"); break;
                case AttributeFields.Tensors: Other(ref r, "a list of tensors"); break;
                case AttributeFields.Types or AttributeFields.OneType: Other(ref r, "a type"); break;
                case AttributeFields.Sparse or AttributeFields.Sparses: Other(ref r, "a sparse tensor"); break;
                case AttributeFields.Reference: Other(ref r, "a reference to a function's attribute"); break;
                default: r.Skip(); break;
            }
        }
        object value = other ?? kind switch
        {
            // A zero may be left out, as protobuf has it.
            AttributeKinds.Float => single ?? 0f,
            AttributeKinds.Int => single ?? 0L,
            AttributeKinds.Text => single ?? "",
            AttributeKinds.Tensor when single is not null => single,
            AttributeKinds.Floats => floats.ToArray(),
            AttributeKinds.Ints => ints.ToArray(),
            AttributeKinds.Texts => texts.ToArray(),
            // Files older than the type field: what is there tells.
            0 when single is not null => single,
            0 when ints.Count > 0 => ints.ToArray(),
            0 when floats.Count > 0 => floats.ToArray(),
            0 when texts.Count > 0 => texts.ToArray(),
            _ => new UnsupportedAttribute($"of kind {kind} without a value"),
        };
        if (value is FileTensor { Unsupported: string why }) value = new UnsupportedAttribute($"a tensor that {why}");
        return (name, value);

        void Other(ref WireReader field, string what)
        {
            other = new UnsupportedAttribute(what);
            field.Skip();
        }
    }
}
