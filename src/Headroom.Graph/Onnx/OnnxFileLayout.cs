using System.Collections.Immutable;
using Headroom.Evidence.Quantities;

namespace Headroom.Graph.Onnx;

/// <summary>Everything of a file but the weights' bytes, with the place where each goes, so that sizes are known before the first byte is written.</summary>
internal sealed class OnnxFileLayout
{
    // A protobuf message holds less than 2 GiB; readers refuse more.
    private const long Limit = int.MaxValue;

    private readonly byte[] _head, _graphHead, _graphTail, _tail;
    private readonly List<(byte[] Head, TensorType Type, State? State, TensorData? Data)> _tensors;

    private OnnxFileLayout(byte[] head, byte[] graphHead, List<(byte[], TensorType, State?, TensorData?)> tensors, byte[] graphTail, byte[] tail)
    {
        _head = head;
        _graphHead = graphHead;
        _tensors = tensors;
        _graphTail = graphTail;
        _tail = tail;
    }

    public static OnnxFileLayout Of(Model model, OnnxWriteOptions options)
    {
        if (options.Opset is < OnnxWriteOptions.OldestOpset or > OnnxWriteOptions.NewestOpset)
            throw new GraphException($"opset {options.Opset} can't be written; choose one from {OnnxWriteOptions.OldestOpset} to {OnnxWriteOptions.NewestOpset}");
        if (model.Outputs.Length == 0) throw new GraphException($"model '{model.Name}' has no outputs to export");
        if (model.Outputs.Distinct().Count() != model.Outputs.Length) throw new GraphException($"model '{model.Name}' gives one value as two outputs; put an Identity before one of them");
        ProbedTypes types = ProbedTypes.Of(model);
        GraphExport export = GraphExport.Run(model, types, options.Opset);
        List<(byte[], TensorType, State?, TensorData?)> tensors = Tensors(model, export);

        var graph = new ProtoMessage();
        foreach (ExportedNode n in export.Nodes) graph.Message(GraphFields.Node, Node(n));
        graph.Text(GraphFields.Name, model.Name.Length == 0 ? "model" : model.Name);
        byte[] graphHead = graph.Span.ToArray();

        var tail = new ProtoMessage();
        foreach (GraphInput i in model.Inputs) tail.Message(GraphFields.Input, ValueInfo(i.Value, i.Element, i.Dimensions));
        foreach (Value o in model.Outputs) tail.Message(GraphFields.Output, ValueInfo(o, types.Element(o), types.Dimensions(o)));
        byte[] graphTail = tail.Span.ToArray();

        long size = graphHead.LongLength + graphTail.LongLength + tensors.Sum(t => t.Item1.LongLength + t.Item2.Bytes);
        var after = new ProtoMessage();
        after.Message(ModelFields.OpsetImport, new ProtoMessage().Text(OpsetFields.Domain, "").Int(OpsetFields.Version, options.Opset));
        foreach ((string key, string value) in model.Metadata) after.Message(ModelFields.Metadata, new ProtoMessage().Text(EntryFields.Key, key).Text(EntryFields.Value, value));
        byte[] fileTail = after.Span.ToArray();
        if (size + fileTail.Length + 1024 > Limit)
        {
            throw new GraphException($"model '{model.Name}' would take {new Bytes(size)} as one ONNX file, which holds less than 2 GiB; "
                + "larger ones need external data, which isn't written. Export a smaller model, or one in a smaller element type");
        }
        byte[] head = new ProtoMessage()
            .Int(ModelFields.IrVersion, OnnxTypes.IrVersion(options.Opset))
            .TextIfAny(ModelFields.ProducerName, options.Producer)
            .TextIfAny(ModelFields.ProducerVersion, options.ProducerVersion)
            .Begin(ModelFields.Graph, (int)size).Span.ToArray();
        return new OnnxFileLayout(head, graphHead, tensors, graphTail, fileTail);
    }

    public void Write(Stream stream, Func<State, TensorData> value)
    {
        stream.Write(_head);
        stream.Write(_graphHead);
        foreach ((byte[] head, TensorType type, State? state, TensorData? data) in _tensors)
        {
            TensorData bytes = data ?? value(state!);
            if (bytes.Type != type) throw new GraphException($"state '{state!.Value}' is {type}, the value given for it is {bytes.Type}");
            stream.Write(head);
            stream.Write(bytes.Bytes);
        }
        stream.Write(_graphTail);
        stream.Write(_tail);
    }

    /// <summary>States and constants that a node reads or that are outputs.</summary>
    private static List<(byte[], TensorType, State?, TensorData?)> Tensors(Model model, GraphExport export)
    {
        var used = new HashSet<Value>(export.Nodes.SelectMany(n => n.Inputs).Concat(model.Outputs));
        var tensors = new List<(byte[], TensorType, State?, TensorData?)>();
        foreach (State s in model.States)
            if (used.Contains(s.Value)) tensors.Add((TensorHead(s.Value, s.Type, StateMarks.Of(s)), s.Type, s, null));
        IEnumerable<(Value, TensorData)> constants = model.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal).Select(c => (c.Key, c.Value)).Concat(export.Constants);
        foreach ((Value v, TensorData data) in constants)
            if (used.Contains(v)) tensors.Add((TensorHead(v, data.Type, StateMarks.Constant), data.Type, null, data));
        return tensors;
    }

    /// <summary>The initializer's field up to where its bytes begin: they are its last field.</summary>
    private static byte[] TensorHead(Value value, TensorType type, string mark)
    {
        ProtoMessage fields = TensorFieldsOf(type).Text(TensorFields.Name, value.Name).Text(TensorFields.Doc, mark);
        if (type.Bytes > Limit) throw new GraphException($"tensor '{value}' {type} takes {type.Size}; an ONNX file holds less than 2 GiB, and external data isn't written");
        fields.Begin(TensorFields.Raw, (int)type.Bytes);
        // Where the length itself passes the limit, the sum of all will refuse; the number only has to be representable.
        int length = (int)Math.Min(Limit, fields.Span.Length + type.Bytes);
        ReadOnlySpan<byte> tag = new ProtoMessage().Begin(GraphFields.Initializer, length).Span;
        return [.. tag, .. fields.Span];
    }

    private static ProtoMessage TensorFieldsOf(TensorType type)
    {
        var t = new ProtoMessage();
        foreach (long d in type.Shape.Dims) t.Int(TensorFields.Dims, d);
        return t.Int(TensorFields.Type, OnnxTypes.Code(type.Element));
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
            case TensorData t: return a.Message(AttributeFields.Tensor, TensorFieldsOf(t.Type).Bytes(TensorFields.Raw, t.Bytes)).Int(AttributeFields.Kind, AttributeKinds.Tensor);
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
