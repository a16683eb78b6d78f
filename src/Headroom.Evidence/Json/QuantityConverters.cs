using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Evidence.Quantities;

namespace Headroom.Evidence.Json;

/// <summary>Bytes as a whole number.</summary>
internal sealed class BytesConverter : JsonConverter<Bytes>
{
    public override Bytes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) ? new(value) : throw new JsonException("bytes must be a whole number");

    public override void Write(Utf8JsonWriter writer, Bytes value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

/// <summary>FLOPs as a number.</summary>
internal sealed class FlopsConverter : JsonConverter<Flops>
{
    public override Flops Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(Number.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, Flops value, JsonSerializerOptions options) => Number.Write(writer, value.Value);
}

/// <summary>Seconds as a number.</summary>
internal sealed class SecondsConverter : JsonConverter<Seconds>
{
    public override Seconds Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(Number.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, Seconds value, JsonSerializerOptions options) => Number.Write(writer, value.Value);
}

internal static class Number
{
    public static double Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) ? value : throw new JsonException("a number is expected here");

    // What is not finite never reaches a file (Document.Faults); it is written here only to compare two documents.
    public static void Write(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteStringValue(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
