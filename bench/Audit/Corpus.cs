using System.Text.Json;

namespace Headroom.Bench.Audit;

/// <summary>Texts of a corpus, in memory.</summary>
internal static class Corpus
{
    public static List<ReadOnlyMemory<byte>> Read(string file, int most)
    {
        List<ReadOnlyMemory<byte>> texts = [];
        foreach (string line in File.ReadLines(file))
        {
            if (texts.Count == most) break;
            using var json = JsonDocument.Parse(line);
            texts.Add(System.Text.Encoding.UTF8.GetBytes(json.RootElement.GetProperty("text").GetString()!));
        }
        return texts;
    }
}
