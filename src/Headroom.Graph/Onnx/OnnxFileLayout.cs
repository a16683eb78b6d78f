using System.Collections.Immutable;
using Headroom.Evidence.Quantities;

namespace Headroom.Graph.Onnx;

/// <summary>Everything of a file but the weights' bytes, with the place where each goes, so that sizes are known before the first byte is written.</summary>
internal sealed class OnnxFileLayout
{
    private readonly byte[] _head, _graphHead, _graphTail, _tail;
    private readonly List<TensorSlot> _tensors;

    private OnnxFileLayout(byte[] head, byte[] graphHead, List<TensorSlot> tensors, byte[] graphTail, byte[] tail)
    {
        _head = head;
        _graphHead = graphHead;
        _tensors = tensors;
        _graphTail = graphTail;
        _tail = tail;
    }

    /// <summary>Whether a second file holds the weights.</summary>
    public bool HasData => _tensors.Any(t => t.Offset >= 0);

    /// <param name="model">In its inference form.</param>
    /// <param name="options">How.</param>
    /// <param name="dataFile">The name of a second file beside the model; null where there can be none.</param>
    public static OnnxFileLayout Of(Model model, OnnxWriteOptions options, string? dataFile)
    {
        if (options.Opset is < OnnxWriteOptions.OldestOpset or > OnnxWriteOptions.NewestOpset)
            throw new GraphException($"opset {options.Opset} can't be written; choose one from {OnnxWriteOptions.OldestOpset} to {OnnxWriteOptions.NewestOpset}");
        if (model.Outputs.Length == 0) throw new GraphException($"model '{model.Name}' has no outputs to export");
        if (model.Outputs.Distinct().Count() != model.Outputs.Length) throw new GraphException($"model '{model.Name}' gives one value as two outputs; put an Identity before one of them");
        if (options.ExternalData && dataFile is null) throw new GraphException("external data lies in a file beside the model; write the model to a path, or without");
        ProbedTypes types = ProbedTypes.Of(model);
        GraphExport export = GraphExport.Run(model, types, options.Opset);
        List<TensorSlot> tensors = Tensors(model, export);

        var graph = new ProtoMessage();
        foreach (ExportedNode n in export.Nodes) graph.Message(GraphFields.Node, Node(n));
        graph.Text(GraphFields.Name, model.Name.Length == 0 ? "model" : model.Name);
        byte[] graphHead = graph.Span.ToArray();

        var tail = new ProtoMessage();
        foreach (GraphInput i in model.Inputs) tail.Message(GraphFields.Input, ValueInfo(i.Value, i.Element, i.Dimensions));
        foreach (Value o in model.Outputs) tail.Message(GraphFields.Output, ValueInfo(o, types.Element(o), types.Dimensions(o)));
        byte[] graphTail = tail.Span.ToArray();

        var after = new ProtoMessage();
        after.Message(ModelFields.OpsetImport, new ProtoMessage().Text(OpsetFields.Domain, "").Int(OpsetFields.Version, options.Opset));
        foreach ((string key, string value) in model.Metadata) after.Message(ModelFields.Metadata, new ProtoMessage().Text(EntryFields.Key, key).Text(EntryFields.Value, value));
        byte[] fileTail = after.Span.ToArray();

        // A protobuf message holds less than 2 GiB; readers refuse more.
        long rest = graphHead.LongLength + graphTail.LongLength;
        bool Fits() => rest + tensors.Sum(t => t.InlineBytes) + fileTail.Length + 1024 <= options.FileLimit;
        foreach (TensorSlot t in tensors) t.Inline();
        if (dataFile is not null && (options.ExternalData || !Fits()))
        {
            long end = 0;
            foreach (TensorSlot t in tensors) end = t.Outside(dataFile, end);
        }
        if (!Fits())
        {
            throw new GraphException($"model '{model.Name}' would take {new Bytes(rest + tensors.Sum(t => t.InlineBytes))} as one ONNX file, which holds less than 2 GiB; "
                + (dataFile is null ? "larger ones need external data, a file beside the model: write it to a path" : "its nodes alone, without its weights, take that much"));
        }
        byte[] head = new ProtoMessage()
            .Int(ModelFields.IrVersion, OnnxTypes.IrVersion(options.Opset))
            .TextIfAny(ModelFields.ProducerName, options.Producer)
            .TextIfAny(ModelFields.ProducerVersion, options.ProducerVersion)
            .Begin(ModelFields.Graph, (int)(rest + tensors.Sum(t => t.InlineBytes))).Span.ToArray();
        return new OnnxFileLayout(head, graphHead, tensors, graphTail, fileTail);
    }

    /// <summary>Writes the model's own file.</summary>
    public void Write(Stream stream, Func<State, TensorData> value)
    {
        stream.Write(_head);
        stream.Write(_graphHead);
        foreach (TensorSlot t in _tensors)
        {
            stream.Write(t.Head);
            if (t.Offset < 0) stream.Write(t.Load(value).Bytes);
        }
        stream.Write(_graphTail);
        stream.Write(_tail);
    }

    /// <summary>Writes the second file.</summary>
    public void WriteData(Stream stream, Func<State, TensorData> value)
    {
        long at = 0;
        foreach (TensorSlot t in _tensors.Where(t => t.Offset >= 0))
        {
            stream.Write(new byte[t.Offset - at]);
            stream.Write(t.Load(value).Bytes);
            at = t.Offset + t.Type.Bytes;
        }
    }

    /// <summary>States and constants that a node reads or that are outputs.</summary>
    private static List<TensorSlot> Tensors(Model model, GraphExport export)
    {
        var used = new HashSet<Value>(export.Nodes.SelectMany(n => n.Inputs).Concat(model.Outputs));
        IEnumerable<TensorSlot> states = model.States.Select(s => new TensorSlot(s.Value, s.Type, StateMarks.Of(s), s, null));
        IEnumerable<(Value, TensorData)> constants = model.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal).Select(c => (c.Key, c.Value)).Concat(export.Constants);
        List<TensorSlot> tensors = [.. states.Concat(constants.Select(c => new TensorSlot(c.Item1, c.Item2.Type, StateMarks.Constant, null, c.Item2))).Where(t => used.Contains(t.Value))];
        foreach (TensorSlot t in tensors)
            if (t.Type.Bytes > Array.MaxLength) throw new GraphException($"tensor '{t.Value}' {t.Type} takes {t.Type.Size}; a tensor in a file holds less than 2 GiB");
        return tensors;
    }

    private static ProtoMessage Node(ExportedNode n)
    {
        var node = new ProtoMessage();
        foreach (Value v in n.Inputs) node.Text(NodeFields.Input, v.Name ?? "");
        foreach (Value v in n.Outputs) node.Text(NodeFields.Output, v.Name ?? "");
        node.TextIfAny(NodeFields.Name, n.Name).Text(NodeFields.Op, n.Op);
        foreach ((string name, object value) in n.Attributes.Values) node.Message(NodeFields.Attribute, Attribute(name, value));
        return node.TextIfAny(NodeFields.Domain, n.Domain);
    }

    private static ProtoMessage Attribute(string name, object value)
    {
        ProtoMessage a = new ProtoMessage().Text(AttributeFields.Name, name);
        switch (value)
        {
            case float f: return a.Float(AttributeFields.Float, f).Int(AttributeFields.Kind, AttributeKinds.Float);
            case long i: return a.Int(AttributeFields.Int, i).Int(AttributeFields.Kind, AttributeKinds.Int);
            case string s: return a.Text(AttributeFields.Text, s).Int(AttributeFields.Kind, AttributeKinds.Text);
            case TensorData t: return a.Message(AttributeFields.Tensor, TensorSlot.Fields(t.Type).Bytes(TensorFields.Raw, t.Bytes)).Int(AttributeFields.Kind, AttributeKinds.Tensor);
            case float[] floats:
                foreach (float f in floats) a.Float(AttributeFields.Floats, f);
                return a.Int(AttributeFields.Kind, AttributeKinds.Floats);
            case long[] ints:
                foreach (long i in ints) a.Int(AttributeFields.Ints, i);
                return a.Int(AttributeFields.Kind, AttributeKinds.Ints);
            case string[] texts:
                foreach (string s in texts) a.Text(AttributeFields.Texts, s);
                return a.Int(AttributeFields.Kind, AttributeKinds.Texts);
            default: throw new GraphException($"attribute '{name}' is a {value.GetType().Name}, which ONNX has no form for");
        }
    }

    private static ProtoMessage ValueInfo(Value value, ElementType element, ImmutableArray<Dimension>? dimensions)
    {
        ProtoMessage tensor = new ProtoMessage().Int(TypeFields.Element, OnnxTypes.Code(element));
        if (dimensions is { } dims)
        {
            var shape = new ProtoMessage();
            foreach (Dimension d in dims)
                shape.Message(TypeFields.Dim, d.Name is string name ? new ProtoMessage().Text(TypeFields.DimParam, name) : new ProtoMessage().Int(TypeFields.DimValue, d.Extent));
            tensor.Message(TypeFields.Shape, shape);
        }
        return new ProtoMessage().Text(ValueFields.Name, value.Name).Message(ValueFields.Type, new ProtoMessage().Message(TypeFields.Tensor, tensor));
    }
}
