namespace Headroom.Graph.Onnx;

/// <summary>A node as it stands in a file.</summary>
internal sealed record FileNode(string Name, string Op, string Domain, Value[] Inputs, Value[] Outputs, List<(string Name, object Value)> Attributes)
{
    public override string ToString() => $"node '{Name}' ({Op})";
}

/// <summary>An initializer as it stands in a file.</summary>
internal sealed record FileTensor(string Name, string Doc, TensorData Data);

/// <summary>An input as it stands in a file; the element type is ONNX's number, 0 where it is no tensor.</summary>
internal sealed record FileInput(string Name, long Element, List<Dimension>? Dimensions);

/// <summary>A file's contents, read but not yet understood.</summary>
internal sealed class OnnxFile
{
    private readonly OnnxSource _source;

    private OnnxFile(OnnxSource source) => _source = source;

    public string Name { get; private set; } = "";

    /// <summary>The opset of ONNX's own domain; 0 where none is imported.</summary>
    public long Opset { get; private set; }

    public List<FileNode> Nodes { get; } = [];

    public List<FileTensor> Initializers { get; } = [];

    public List<FileInput> Inputs { get; } = [];

    public List<string> Outputs { get; } = [];

    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <exception cref="WireException">The bytes are no ONNX model.</exception>
    public static OnnxFile Read(ReadOnlySpan<byte> bytes, OnnxSource source)
    {
        var file = new OnnxFile(source);
        bool hasGraph = false;
        var r = new WireReader(bytes);
        while (r.Next())
        {
            switch (r.Field)
            {
                case ModelFields.Graph:
                    if (hasGraph) throw new WireException("it has two graphs");
                    file.ReadGraph(r.Bytes());
                    hasGraph = true;
                    break;
                case ModelFields.OpsetImport: file.ReadOpset(r.Bytes()); break;
                case ModelFields.Metadata:
                    (string key, string value) = TensorReader.Entry(r.Bytes());
                    file.Metadata[key] = value;
                    break;
                default: r.Skip(); break;
            }
        }
        if (!hasGraph) throw new WireException("it has no graph");
        return file;
    }

    private void ReadOpset(ReadOnlySpan<byte> bytes)
    {
        string domain = "";
        long version = 0;
        var r = new WireReader(bytes);
        while (r.Next())
        {
            if (r.Field == OpsetFields.Domain) domain = r.Text();
            else if (r.Field == OpsetFields.Version) version = r.Varint();
            else r.Skip();
        }
        if (domain is "" or "ai.onnx") Opset = version;
    }

    private void ReadGraph(ReadOnlySpan<byte> bytes)
    {
        var r = new WireReader(bytes);
        while (r.Next())
        {
            switch (r.Field)
            {
                case GraphFields.Node: ReadNode(r.Bytes()); break;
                case GraphFields.Name: Name = r.Text(); break;
                case GraphFields.Initializer:
                    (string name, string doc, TensorData data) = TensorReader.Read(r.Bytes(), _source);
                    Initializers.Add(new FileTensor(name, doc, data));
                    break;
                case GraphFields.Input: Inputs.Add(ReadInput(r.Bytes())); break;
                case GraphFields.Output: Outputs.Add(ReadInput(r.Bytes()).Name); break;
                case GraphFields.SparseInitializer: throw new WireException("it has a sparse initializer, which is not supported");
                default: r.Skip(); break;
            }
        }
    }

    private void ReadNode(ReadOnlySpan<byte> bytes)
    {
        string name = "", op = "", domain = "";
        List<Value> inputs = [], outputs = [];
        List<(string, object)> attributes = [];
        var r = new WireReader(bytes);
        while (r.Next())
        {
            switch (r.Field)
            {
                case NodeFields.Input: inputs.Add(Named(r.Text())); break;
                case NodeFields.Output: outputs.Add(Named(r.Text())); break;
                case NodeFields.Name: name = r.Text(); break;
                case NodeFields.Op: op = r.Text(); break;
                case NodeFields.Domain: domain = r.Text(); break;
                case NodeFields.Attribute: attributes.Add(ReadAttribute(r.Bytes())); break;
                default: r.Skip(); break;
            }
        }
        Nodes.Add(new FileNode(name, op, domain, [.. inputs], [.. outputs], attributes));
    }

    private (string Name, object Value) ReadAttribute(ReadOnlySpan<byte> bytes)
    {
        string name = "";
        object? single = null, other = null;
        long kind = 0;
        List<float> floats = [];
        List<long> ints = [];
        List<string> texts = [];
        var r = new WireReader(bytes);
        while (r.Next())
        {
            switch (r.Field)
            {
                case AttributeFields.Name: name = r.Text(); break;
                case AttributeFields.Float: single = r.Float(); break;
                case AttributeFields.Int: single = r.Varint(); break;
                case AttributeFields.Text: single = r.Text(); break;
                case AttributeFields.Tensor: single = TensorReader.Read(r.Bytes(), _source).Data; break;
                case AttributeFields.Floats: r.AddFloats(floats); break;
                case AttributeFields.Ints: r.AddVarints(ints); break;
                case AttributeFields.Texts: texts.Add(r.Text()); break;
                case AttributeFields.Kind: kind = r.Varint(); break;
                case AttributeFields.Graph or AttributeFields.Graphs:
                    other = new Unsupported("a subgraph");
                    r.Skip();
                    break;
                case AttributeFields.Reference or AttributeFields.Tensors or (>= 14 and <= 15) or (>= 22 and <= 23):
                    other = new Unsupported("a sparse tensor, a type, several tensors or a reference");
                    r.Skip();
                    break;
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
            _ => new Unsupported($"of kind {kind} without a value"),
        };
        return (name, value);
    }

    private static FileInput ReadInput(ReadOnlySpan<byte> bytes)
    {
        string name = "";
        long element = 0;
        List<Dimension>? dims = null;
        var r = new WireReader(bytes);
        while (r.Next())
        {
            if (r.Field == ValueFields.Name) name = r.Text();
            else if (r.Field == ValueFields.Type)
            {
                var type = new WireReader(r.Bytes());
                while (type.Next())
                {
                    if (type.Field == TypeFields.Tensor) (element, dims) = ReadTensorType(type.Bytes());
                    else type.Skip();
                }
            }
            else r.Skip();
        }
        return new FileInput(name, element, dims);
    }

    private static (long Element, List<Dimension>? Dims) ReadTensorType(ReadOnlySpan<byte> bytes)
    {
        long element = 0;
        List<Dimension>? dims = null;
        var r = new WireReader(bytes);
        while (r.Next())
        {
            if (r.Field == TypeFields.Element) element = r.Varint();
            else if (r.Field == TypeFields.Shape)
            {
                dims = [];
                var shape = new WireReader(r.Bytes());
                while (shape.Next())
                {
                    if (shape.Field == TypeFields.Dim) dims.Add(ReadDimension(shape.Bytes()));
                    else shape.Skip();
                }
            }
            else r.Skip();
        }
        return (element, dims);
    }

    /// <summary>An extent, a name, or, where the file says neither, a dimension of extent -1.</summary>
    private static Dimension ReadDimension(ReadOnlySpan<byte> bytes)
    {
        Dimension d = -1;
        var r = new WireReader(bytes);
        while (r.Next())
        {
            if (r.Field == TypeFields.DimValue) d = r.Varint();
            else if (r.Field == TypeFields.DimParam && r.Text() is { Length: > 0 } name) d = name;
            else if (r.Field != TypeFields.DimParam) r.Skip();
        }
        return d;
    }

    private static Value Named(string name) => name.Length == 0 ? Value.None : new Value(name);

    /// <summary>An attribute that no operator here takes.</summary>
    internal sealed record Unsupported(string What);
}
