using System.Runtime.InteropServices;
using Headroom.Data.Features;
using Headroom.Data.Loading;
using Headroom.Data.Tables;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Runtime.Execution;

namespace Headroom.Training;

/// <summary>Copies a batch's fields into a program's inputs of the same name.</summary>
/// <remarks>Where a language model's windows hold one token more than its input, <c>tokens</c> takes all but the last of them and
/// the labels all but the first.</remarks>
internal sealed class BatchFeed
{
    private readonly List<Feed> _feeds = [];

    /// <exception cref="InputException">An input has no field, or one of another type or shape.</exception>
    public BatchFeed(TypedGraph graph, TensorTable table, params ReadOnlySpan<Value> others)
    {
        foreach (TypedInput input in graph.Inputs)
        {
            if (!others.Contains(input.Value)) _feeds.Add(Match(graph, input, table));
        }
    }

    /// <summary>Feeds as many rows of a batch as the program takes.</summary>
    public void Fill(Program program, Batch batch, int firstRow)
    {
        foreach (Feed f in _feeds) Copy(program, f, batch.Bytes(f.Field), firstRow);
    }

    /// <summary>Feeds rows from buffers of one's own, one a field of the table.</summary>
    public void Fill(Program program, IReadOnlyList<byte[]> fields)
    {
        foreach (Feed f in _feeds) Copy(program, f, fields[f.Field], 0);
    }

    /// <summary>The fields that are read.</summary>
    public IEnumerable<int> Fields => _feeds.Select(f => f.Field).Distinct();

    private static void Copy(Program program, Feed f, ReadOnlySpan<byte> source, int firstRow)
    {
        Span<byte> to = f.Element.Size() switch
        {
            8 => MemoryMarshal.AsBytes(program.Input<long>(f.Input)),
            4 => MemoryMarshal.AsBytes(program.Input<int>(f.Input)),
            _ => program.Input<byte>(f.Input),
        };
        source = source[(firstRow * f.FieldRowBytes)..];
        if (f.RowBytes == f.FieldRowBytes)
        {
            source[..to.Length].CopyTo(to);
            return;
        }
        for (int row = 0; row * f.RowBytes < to.Length; row++) source.Slice((row * f.FieldRowBytes) + f.Offset, f.RowBytes).CopyTo(to[(row * f.RowBytes)..]);
    }

    private static Feed Match(TypedGraph graph, TypedInput input, TensorTable table)
    {
        string name = input.Value.Name;
        long[] shape = input.Type.Shape.Dims[1..].ToArray();
        string fields = string.Join(", ", table.Fields.Select(f => $"{f.Name} {f.Type} [{string.Join(", ", f.RowShape)}]"));
        bool labels = input.Value == Objectives.Labels;
        int at = Index(table, name);
        int offset = 0;
        if (at < 0 && labels && Index(table, LanguageModelEncoding.FieldName) is var tokens and >= 0 && IsWindow(table.Fields[tokens], shape)) (at, offset) = (tokens, 1);
        if (at < 0) throw new InputException("data", $"the model '{graph.Name}' has an input '{name}', for which there is no field; the fields are {fields}.", "Name the field as the input.");
        Field field = table.Fields[at];
        bool window = IsWindow(field, shape) && Index(table, Objectives.Labels.Name) < 0;
        if (Element(field.Type) != input.Type.Element || !(window || field.RowShape.Select(d => (long)d).SequenceEqual(shape)))
        {
            throw new InputException("data", $"the model's input '{name}' is {input.Type}, a batch of the field {field.Name} holds {field.Type} [{string.Join(", ", field.RowShape)}] a row.", "Build the model for the data's shapes.");
        }
        int rowBytes = (int)(input.Type.Bytes / input.Type.Shape[0]);
        return new Feed(input.Value, input.Type.Element, at, offset * field.ElementBytes, rowBytes, field.RowBytes);
    }

    private static bool IsWindow(Field field, long[] shape) => shape is [long length] && field.RowShape is [int tokens] && tokens == length + 1;

    private static int Index(TensorTable table, string name)
    {
        for (int i = 0; i < table.Fields.Count; i++) if (table.Fields[i].Name == name) return i;
        return -1;
    }

    private static ElementType Element(FieldType type) => type switch { FieldType.Float32 => ElementType.Float32, FieldType.Int64 => ElementType.Int64, _ => ElementType.UInt8 };

    private sealed record Feed(Value Input, ElementType Element, int Field, int Offset, int RowBytes, int FieldRowBytes);
}
