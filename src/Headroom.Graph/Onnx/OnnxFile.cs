namespace Headroom.Graph.Onnx;

/// <summary>A node as it stands in a file.</summary>
internal sealed record FileNode(string Name, string Op, string Domain, Value[] Inputs, Value[] Outputs, List<(string Name, object Value)> Attributes)
{
    public override string ToString() => $"node '{Name}' ({Op})";
}

/// <summary>An input or output as it stands in a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">ONNX's number of its element type, 0 where it says none.</param>
/// <param name="Dimensions">Null where it says none.</param>
/// <param name="Kind">What it is if no tensor: "a sequence".</param>
internal sealed record FileInput(string Name, long Element, List<Dimension>? Dimensions, string? Kind);

/// <summary>A file's contents, read but not yet understood.</summary>
internal sealed class OnnxFile
{
    private OnnxFile(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        Budget = new ReadBudget(bytes.Length);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public ReadBudget Budget { get; }

    public string Name { get; private set; } = "";

    /// <summary>0 where the file doesn't say.</summary>
    public long IrVersion { get; private set; }

    /// <summary>The opset of ONNX's own domain; 0 where none is imported.</summary>
    public long Opset { get; private set; }

    public List<FileNode> Nodes { get; } = [];

    public List<FileTensor> Initializers { get; } = [];

    public List<FileInput> Inputs { get; } = [];

    public List<string> Outputs { get; } = [];

    /// <summary>How many axes values have, where the file says so.</summary>
    public Dictionary<string, int> Ranks { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether weights are stored as lists of the places that aren't zero.</summary>
    public bool HasSparseInitializers { get; private set; }

    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <exception cref="WireException">The bytes are no ONNX model.</exception>
    public static OnnxFile Read(ReadOnlyMemory<byte> bytes)
    {
        var file = new OnnxFile(bytes);
        bool hasGraph = false;
        var r = new WireReader(bytes.Span, file.Budget);
        while (r.Next())
        {
            switch (r.Field)
            {
                case ModelFields.IrVersion: file.IrVersion = r.Varint(); break;
                case ModelFields.Graph:
                    if (hasGraph) throw new WireException("it has two graphs");
                    file.ReadGraph(r.Nested());
                    hasGraph = true;
                    break;
                case ModelFields.OpsetImport: file.ReadOpset(r.Nested()); break;
                case ModelFields.Metadata:
                    (string key, string value) = TensorReader.Entry(r.Nested());
                    file.Budget.Charge(200);
                    file.Metadata[key] = value;
                    break;
                default: r.Skip(); break;
            }
        }
        if (!hasGraph) throw new WireException("it has no graph");
        return file;
    }

    private void ReadOpset(WireReader r)
    {
        string domain = "";
        long version = 0;
        while (r.Next())
        {
            if (r.Field == OpsetFields.Domain) domain = r.Name();
            else if (r.Field == OpsetFields.Version) version = r.Varint();
            else r.Skip();
        }
        if (domain is "" or "ai.onnx") Opset = version;
    }

    private void ReadGraph(WireReader r)
    {
        while (r.Next())
        {
            switch (r.Field)
            {
                case GraphFields.Node: Nodes.Add(NodeReader.Read(r.Nested(), Budget)); break;
                case GraphFields.Name: Name = r.Name(); break;
                case GraphFields.Initializer: Initializers.Add(TensorReader.Scan(ref r, Budget)); break;
                case GraphFields.Input: Inputs.Add(Ranked(TypeReader.Read(r.Nested(), Budget))); break;
                case GraphFields.Output: Outputs.Add(Ranked(TypeReader.Read(r.Nested(), Budget)).Name); break;
                case GraphFields.ValueInfo: Ranked(TypeReader.Read(r.Nested(), Budget)); break;
                case GraphFields.SparseInitializer:
                    HasSparseInitializers = true;
                    r.Skip();
                    break;
                default: r.Skip(); break;
            }
        }
    }

    private FileInput Ranked(FileInput value)
    {
        if (value.Dimensions is { } dims) Ranks[value.Name] = dims.Count;
        return value;
    }
}
