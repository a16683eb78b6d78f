using System.Text;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>An enumeration's members as ONNX spells them in string attributes: <c>RoundPreferFloor</c> is <c>round_prefer_floor</c>.</summary>
internal static class Words
{
    public static string Of<T>(T value) where T : struct, Enum
    {
        string name = value.ToString();
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    /// <exception cref="GraphException">The file says a word that the enumeration doesn't have.</exception>
    public static T Read<T>(OnnxAttributes a, string name, T fallback) where T : struct, Enum
    {
        string word = a.Text(name, Of(fallback));
        foreach (T value in Enum.GetValues<T>())
            if (Of(value) == word) return value;
        throw new GraphException($"attribute '{name}' is '{word}'; known are {string.Join(", ", Enum.GetValues<T>().Select(Of))}");
    }
}
