namespace Headroom.Graph.Onnx;

/// <summary>A weight or constant that a file is to hold.</summary>
/// <param name="Value">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Mark">What it is, for the reader.</param>
/// <param name="State">Whose value is asked for when it is written; null for a constant.</param>
/// <param name="Data">A constant's value.</param>
internal sealed record TensorSlot(Value Value, TensorType Type, string Mark, State? State, TensorData? Data)
{
    // Smaller ones stay with the model: a reader of shapes and scalars need not open the second file.
    private const long MinExternalBytes = 1024;

    // A page, so that the file can be mapped.
    private const long Alignment = 4096;

    /// <summary>The initializer's field up to where its bytes begin: they are its last field.</summary>
    public byte[] Head { get; private set; } = [];

    /// <summary>Where in the second file its bytes begin; -1 where they stand in the model's own.</summary>
    public long Offset { get; private set; } = -1;

    /// <summary>Bytes that it takes in the model's own file.</summary>
    public long InlineBytes => Head.LongLength + (Offset < 0 ? Type.Bytes : 0);

    public TensorData Load(Func<State, TensorData> value)
    {
        TensorData data = Data ?? value(State!);
        return data.Type == Type ? data : throw new GraphException($"state '{Value}' is {Type}, the value given for it is {data.Type}");
    }

    /// <summary>Puts the bytes into the model's own file.</summary>
    public void Inline()
    {
        ProtoMessage fields = Fields(Type).Text(TensorFields.Name, Value.Name).Text(TensorFields.Doc, Mark).Begin(TensorFields.Raw, (int)Type.Bytes);
        // Where the length itself passes the limit, the sum of all will refuse; the number only has to be representable.
        Close(fields, (int)Math.Min(int.MaxValue, fields.Span.Length + Type.Bytes));
        Offset = -1;
    }

    /// <summary>Puts them into a second file, from <paramref name="end"/> on, and gives its new end.</summary>
    public long Outside(string file, long end)
    {
        if (Type.Bytes < MinExternalBytes)
        {
            Inline();
            return end;
        }
        Offset = (end + Alignment - 1) / Alignment * Alignment;
        ProtoMessage fields = Fields(Type).Text(TensorFields.Name, Value.Name).Text(TensorFields.Doc, Mark);
        foreach ((string key, string text) in new[] { ("location", file), ("offset", FormattableString.Invariant($"{Offset}")), ("length", FormattableString.Invariant($"{Type.Bytes}")) })
            fields.Message(TensorFields.External, new ProtoMessage().Text(EntryFields.Key, key).Text(EntryFields.Value, text));
        fields.Int(TensorFields.Location, 1);
        Close(fields, fields.Span.Length);
        return Offset + Type.Bytes;
    }

    /// <summary>A tensor's extents and type.</summary>
    public static ProtoMessage Fields(TensorType type)
    {
        var t = new ProtoMessage();
        foreach (long d in type.Shape.Dims) t.Int(TensorFields.Dims, d);
        return t.Int(TensorFields.Type, OnnxTypes.Code(type.Element));
    }

    private void Close(ProtoMessage fields, int length) => Head = [.. new ProtoMessage().Begin(GraphFields.Initializer, length).Span, .. fields.Span];
}
