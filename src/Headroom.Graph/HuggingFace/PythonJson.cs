namespace Headroom.Graph.HuggingFace;

/// <summary>The JSON that Python writes: it has <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which JSON doesn't (Nemotron-H's <c>time_step_limit</c>).</summary>
internal static class PythonJson
{
    private static readonly byte[][] Words = ["-Infinity"u8.ToArray(), "Infinity"u8.ToArray(), "NaN"u8.ToArray()];

    /// <summary>The text with <c>null</c> and spaces in place of those words; itself where it has none.</summary>
    public static ReadOnlyMemory<byte> Plain(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOf("Infinity"u8) < 0 && json.Span.IndexOf("NaN"u8) < 0) return json;
        byte[] plain = json.ToArray();
        bool text = false;
        for (int i = 0; i < plain.Length; i++)
        {
            if (text && plain[i] == '\\') i++;
            else if (plain[i] == '"') text = !text;
            else if (!text && At(plain.AsSpan(i)) is { } word)
            {
                // NaN has three letters and null four: the digit 0 stands for it, where a number is no more than skipped.
                Span<byte> place = plain.AsSpan(i, word.Length);
                place.Fill((byte)' ');
                if (word.Length >= 4) "null"u8.CopyTo(place);
                else place[0] = (byte)'0';
                i += word.Length - 1;
            }
        }
        return plain;
    }

    private static byte[]? At(ReadOnlySpan<byte> json)
    {
        foreach (byte[] word in Words) if (json.StartsWith(word)) return word;
        return null;
    }
}
