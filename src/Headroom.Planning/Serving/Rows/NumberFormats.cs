using System.Text.RegularExpressions;

namespace Headroom.Planning.Serving.Rows;

/// <summary>What the names of precisions mean: bits in memory and the type that products compute in.</summary>
public static partial class NumberFormats
{
    // 4-bit formats keep a scale of 16 bits for 32 weights, or of 8 bits for 16: half a bit a weight.
    private const double FourBits = 4.5;

    // llama.cpp's own figure for the mixture, 4.85 bits a weight (its quantize tool's table).
    private const double Q4KMedium = 4.85;

    /// <summary>Reads a name such as <c>nvfp4</c>, <c>int8</c>, <c>Q4_K_M</c> or <c>bfloat16</c>.</summary>
    /// <param name="name">As a row writes it.</param>
    /// <param name="weightBits">Bits a weight takes.</param>
    /// <param name="type">What products compute in.</param>
    /// <returns>False where the name says nothing.</returns>
    public static bool TryRead(string? name, out double weightBits, out string type)
    {
        string key = Plain().Replace((name ?? string.Empty).ToLowerInvariant(), string.Empty);
        (double Bits, string Type)? found = key switch
        {
            _ when key.Contains("q4km", StringComparison.Ordinal) => (Q4KMedium, "fp16"),
            _ when key.Contains("fp4", StringComparison.Ordinal) => (FourBits, "fp4"),
            _ when key.Contains("int4", StringComparison.Ordinal) || key.Contains("4bit", StringComparison.Ordinal) || key.Contains("awq", StringComparison.Ordinal) || key.Contains("gptq", StringComparison.Ordinal) || key.Contains("w4", StringComparison.Ordinal) => (FourBits, "fp16"),
            _ when key.Contains("fp8", StringComparison.Ordinal) || key.Contains("e4m3", StringComparison.Ordinal) => (8, "fp8"),
            _ when key.Contains("int8", StringComparison.Ordinal) || key.Contains("8bit", StringComparison.Ordinal) || key.Contains("q80", StringComparison.Ordinal) => (8, "fp16"),
            _ when key.Contains("tf32", StringComparison.Ordinal) => (32, "tf32"),
            _ when key.Contains("bf16", StringComparison.Ordinal) || key.Contains("bfloat16", StringComparison.Ordinal) => (16, "bf16"),
            _ when key.Contains("fp16", StringComparison.Ordinal) || key.Contains("float16", StringComparison.Ordinal) || key is "f16" or "half" or "base" => (16, "fp16"),
            _ when key.Contains("fp32", StringComparison.Ordinal) || key.Contains("float32", StringComparison.Ordinal) => (32, "fp32"),
            _ => null,
        };
        (weightBits, type) = found ?? (16, "fp16");
        return found is not null;
    }

    /// <summary>A cell's name with nothing left but letters and digits, so that spellings meet.</summary>
    /// <param name="name">As written, HTML and all.</param>
    /// <returns>Lower case.</returns>
    public static string Key(string name) => Plain().Replace(name.Replace("<br/>", " ", StringComparison.OrdinalIgnoreCase).ToLowerInvariant(), string.Empty);

    [GeneratedRegex("[^a-z0-9]")]
    private static partial Regex Plain();
}
