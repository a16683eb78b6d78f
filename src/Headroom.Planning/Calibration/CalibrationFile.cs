using System.Text.Encodings.Web;
using System.Text.Json;
using Headroom.Evidence;

namespace Headroom.Planning.Calibration;

/// <summary>The JSON of calibrations.</summary>
public static class CalibrationFile
{
    /// <summary>The largest file that is read.</summary>
    public const long MaximumBytes = 4L << 20;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Writes a calibration, with a line's end at its end.</summary>
    /// <param name="calibration">What a fit found.</param>
    public static string Write(FittedCalibration calibration) => JsonSerializer.Serialize(calibration, Options).ReplaceLineEndings("\n") + "\n";

    /// <summary>Reads a calibration.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="where">What messages call the file.</param>
    /// <exception cref="InputException">It is no calibration, or a figure can't be: names it.</exception>
    public static FittedCalibration Parse(ReadOnlySpan<byte> json, string where)
    {
        if (json.Length > MaximumBytes) throw new InputException(where, $"it has {json.Length} bytes, and a calibration at most {MaximumBytes}.", "Name a calibration, as 'bench/Planning fit' writes it.");
        FittedCalibration read;
        try
        {
            read = JsonSerializer.Deserialize<FittedCalibration>(json, Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InputException($"{where}: it is no calibration: {e.Message}\nWrite it anew with 'bench/Planning fit'.", e);
        }
        Check(read, where);
        return read;
    }

    private static void Check(FittedCalibration c, string where)
    {
        void Refuse(bool wrong, string what)
        {
            if (wrong) throw new InputException(where, what, "Write it anew with 'bench/Planning fit'.");
        }
        Refuse(c.Parameters.IsDefault || c.Residuals.IsDefault || c.LeftOut.IsDefault || c.Tables.IsDefault, "a list is null.");
        Refuse(c.Parameters.Any(p => p is null) || c.Residuals.Concat(c.LeftOut).Any(r => r is null), "an entry is null.");
        Refuse(c.Parameters.Select(p => p.Name).Distinct().Count() != c.Parameters.Length, "a parameter stands twice.");
        foreach (CalibratedParameter p in c.Parameters)
        {
            Refuse(p.Per is not ("family" or "stack" or "all"), $"parameter '{p.Name}' is per '{p.Per}', which is none of family, stack and all.");
            Refuse(!(double.IsFinite(p.Lower) && double.IsFinite(p.Upper) && p.Lower <= p.Upper), $"parameter '{p.Name}' has bounds {p.Lower} to {p.Upper}.");
            Refuse(p.Values is null || p.Values.IsEmpty, $"parameter '{p.Name}' has no values.");
            foreach ((string of, double value) in p.Values!) Refuse(!(value >= p.Lower && value <= p.Upper), $"parameter '{p.Name}' of {of} is {value}, outside {p.Lower} to {p.Upper}.");
        }
        foreach (Residuals r in c.Residuals.Concat(c.LeftOut))
        {
            Refuse(r.Quantiles.IsDefault || r.Quantiles.Length != Residuals.Levels.Length || r.Quantiles.Any(q => !double.IsFinite(q)) || !r.Quantiles.SequenceEqual(r.Quantiles.Order()), $"the residuals of {r.Quantity}, {r.Of} aren't {Residuals.Levels.Length} ascending numbers.");
        }
    }
}
