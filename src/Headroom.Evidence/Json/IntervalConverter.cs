using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headroom.Evidence.Json;

/// <summary><c>[low, high]</c> on one line; an end that is unbounded is null.</summary>
internal sealed class IntervalConverter : JsonConverter<Interval>
{
    public override Interval Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("an interval is written [low, high]");
        double low = End(ref reader, double.NegativeInfinity);
        double high = End(ref reader, double.PositiveInfinity);
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw new JsonException("an interval has two ends");
        return low <= high ? new(low, high) : throw new JsonException($"the interval's low end {Text(low)} is above its high end {Text(high)}");
    }

    public override void Write(Utf8JsonWriter writer, Interval value, JsonSerializerOptions options) =>
        writer.WriteRawValue($"[{Text(value.Low)}, {Text(value.High)}]");

    private static double End(ref Utf8JsonReader reader, double unbounded)
    {
        if (!reader.Read()) throw new JsonException("an interval has two ends");
        if (reader.TokenType == JsonTokenType.Null) return unbounded;
        double end = Number.Read(ref reader);
        return double.IsFinite(end) ? end : throw new JsonException("an interval's end is a finite number, or null where it is unbounded");
    }

    private static string Text(double value) =>
        double.IsInfinity(value) ? "null" : double.IsNaN(value) ? "\"NaN\"" : value.ToString("R", CultureInfo.InvariantCulture);
}
