using Google.Protobuf;

namespace Headroom.Conformance.Tests.Onnx;

/// <summary>What a file names: its operators, its tensors' types, its opset. Read by a few lines of its own, so that a fault of the product's reader can't make a case look as if it were out of scope.</summary>
internal sealed class ModelScan
{
    public HashSet<string> Operators { get; } = [];

    /// <summary>Numbers of <c>TensorProto.DataType</c>.</summary>
    public HashSet<ulong> Types { get; } = [];

    /// <summary>Sequences, optionals, maps, sparse tensors, subgraphs.</summary>
    public HashSet<string> Beyond { get; } = [];

    public ulong Opset { get; private set; }

    public static ModelScan Of(byte[] file)
    {
        var scan = new ModelScan();
        foreach ((int field, ulong _, ByteString bytes) in Fields(file))
        {
            if (field == 7) scan.Graph(bytes);
            else if (field == 8) scan.Import(bytes);
        }
        return scan;
    }

    private void Import(ByteString import)
    {
        string domain = "";
        ulong version = 0;
        foreach ((int field, ulong number, ByteString bytes) in Fields(import))
        {
            if (field == 1) domain = bytes.ToStringUtf8();
            else if (field == 2) version = number;
        }
        if (domain is "" or "ai.onnx") Opset = version;
    }

    private void Graph(ByteString graph)
    {
        foreach ((int field, ulong _, ByteString bytes) in Fields(graph))
        {
            if (field == 1) Node(bytes);
            else if (field == 5) Tensor(bytes);
            else if (field is 11 or 12 or 13) foreach (var f in Fields(bytes)) if (f.Field == 2) Type(f.Bytes);
        }
    }

    private void Node(ByteString node)
    {
        string op = "", domain = "";
        foreach ((int field, ulong _, ByteString bytes) in Fields(node))
        {
            if (field == 4) op = bytes.ToStringUtf8();
            else if (field == 7) domain = bytes.ToStringUtf8();
            else if (field == 5) Attribute(bytes);
        }
        Operators.Add(domain is "" or "ai.onnx" ? op : $"{domain}.{op}");
    }

    private void Attribute(ByteString attribute)
    {
        foreach ((int field, ulong _, ByteString bytes) in Fields(attribute))
        {
            if (field == 5) Tensor(bytes);
            else if (field == 6)
            {
                Beyond.Add("a subgraph");
                Graph(bytes);
            }
        }
    }

    private void Tensor(ByteString tensor)
    {
        foreach ((int field, ulong number, ByteString _) in Fields(tensor)) if (field == 2) Types.Add(number);
    }

    private void Type(ByteString type)
    {
        foreach ((int field, ulong _, ByteString bytes) in Fields(type))
        {
            if (field == 1) Tensor1(bytes);
            else if (field is 4 or 5 or 8 or 9) Beyond.Add(field switch { 4 => "a sequence", 5 => "a map", 8 => "a sparse tensor", _ => "an optional" });
        }
    }

    private void Tensor1(ByteString tensorType)
    {
        foreach ((int field, ulong number, ByteString _) in Fields(tensorType)) if (field == 1) Types.Add(number);
    }

    private static IEnumerable<(int Field, ulong Number, ByteString Bytes)> Fields(ByteString message) => Fields(message.ToByteArray());

    private static List<(int Field, ulong Number, ByteString Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, ByteString)>();
        var input = new CodedInputStream(message);
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            int field = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint: fields.Add((field, input.ReadUInt64(), ByteString.Empty)); break;
                case WireFormat.WireType.LengthDelimited: fields.Add((field, 0, input.ReadBytes())); break;
                default: input.SkipLastField(); break;
            }
        }
        return fields;
    }
}
