using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headroom.Evidence.Json;

/// <summary>Writes a row of a table on one line, so that a history of a thousand steps stays a thousand lines. Reading goes without it.</summary>
internal sealed class RowConverter<T>(JsonSerializerOptions compact) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteRawValue(Spaced(JsonSerializer.SerializeToUtf8Bytes(value, compact), writer.CurrentDepth), skipInputValidation: true);

    /// <summary>On a line of its own, which a writer does not begin for raw values, with a blank after each comma and colon that stands outside a text.</summary>
    private static byte[] Spaced(byte[] json, int depth)
    {
        List<byte> spaced = new(json.Length + 64) { (byte)'\n' };
        for (int i = 0; i < depth; i++) spaced.AddRange("  "u8);
        bool text = false;
        for (int i = 0; i < json.Length; i++)
        {
            byte c = json[i];
            spaced.Add(c);
            if (c == '\\') spaced.Add(json[++i]); // stands only in texts, and never last
            else if (c == '"') text = !text;
            else if (!text && c is (byte)',' or (byte)':') spaced.Add((byte)' ');
        }
        return [.. spaced];
    }
}
