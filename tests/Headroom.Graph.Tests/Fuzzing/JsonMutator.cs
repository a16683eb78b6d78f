using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>Breaks JSON files: at random bytes, and within their structure, with values of other types, other sizes and other keys, so that what is wrong lies deeper.</summary>
internal sealed class JsonMutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words)
{
    private static readonly string[] Odd =
    [
        "0", "1", "-1", "2", "3", "7", "8", "31", "127", "128", "255", "4095", "65536", "16777216", "2147483647", "2147483648", "-2147483648", "4294967295", "9223372036854775807", "9223372036854775808", "1e30", "1e999", "-0",
        "0.5", "1.0", "1e-320", "1000000000000000000000000000000", "null", "true", "false", "\"\"", "\"8\"", "[]", "{}", "[[]]", "[-1]", "[1,2,3]", "[1e30]", "{\"\":0}", "\"\\ud800\"", "\"\ud83d\ude00\"", "NaN", "Infinity", "-Infinity",
    ];

    private Random _random = null!;

    /// <summary>The same seed gives the same file.</summary>
    public byte[] Make(int seed)
    {
        _random = new Random(seed);
        byte[] file = Pick(corpus);
        if (_random.Next(4) > 0 && Tree(file) is JsonObject tree)
        {
            for (int i = 1 + Math.Min(_random.Next(4), _random.Next(4)); i > 0; i--) Change(tree);
            string text = tree.ToJsonString();
            // What no tree can hold is put into its text: words that aren't JSON, numbers of any length, one key twice.
            if (_random.Next(3) == 0) text = InText(text);
            file = Encoding.UTF8.GetBytes(text);
            if (_random.Next(8) > 0) return file;
        }
        file = [.. file];
        for (int i = _random.Next(1, 5); i > 0 && file.Length > 0; i--) file = ChangeBytes(file);
        return file;
    }

    private static JsonNode? Tree(byte[] file)
    {
        try
        {
            return JsonNode.Parse(file);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Change(JsonObject tree)
    {
        JsonObject[] objects = [.. Objects(tree)];
        JsonObject parent = Pick(objects);
        string[] keys = [.. parent.Select(p => p.Key)];
        string key = keys.Length > 0 && _random.Next(4) > 0 ? Pick(keys) : Pick(words);
        switch (_random.Next(8))
        {
            case 0: parent.Remove(key); break;
            case 1 when keys.Length > 0:
                JsonNode? value = parent[Pick(keys)]?.DeepClone();
                parent.Remove(key);
                parent[key] = value;
                break;
            case 2: parent[key] = _random.Next(-4, 300); break;
            case 3: parent[key] = Pick(words); break;
            case 4: parent[key] = Pick(objects).DeepClone(); break;
            case 5: parent[key] = new JsonArray([.. Enumerable.Range(0, _random.Next(_random.Next(20) == 0 ? 5000 : 8)).Select(_ => (JsonNode)_random.Next(-2, 9))]); break;
            case 6: parent[key] = new JsonArray([.. Enumerable.Range(0, _random.Next(6)).Select(_ => (JsonNode)Pick(words))]); break;
            default:
                string odd = Pick(Odd);
                // Half a character can be read into a tree, but not written from it.
                parent[key] = odd.Contains("\\ud800", StringComparison.Ordinal) ? odd : Tree(Encoding.UTF8.GetBytes(odd)) ?? odd;
                break;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonObject tree) => tree.Select(p => p.Value).OfType<JsonObject>().SelectMany(Objects).Prepend(tree);

    private string InText(string text)
    {
        int[] colons = [.. Enumerable.Range(0, text.Length).Where(i => text[i] == ':')];
        if (colons.Length == 0) return text;
        int at = Pick(colons) + 1, end = text.IndexOfAny([',', '}', ']'], at);
        return _random.Next(3) switch
        {
            0 => text[..at] + string.Concat(Enumerable.Repeat("{\"a\":", _random.Next(1, 200))) + "0" + text[at..],
            1 => text.Insert(1, $"\"{Pick(words)}\":{Pick(Odd)},"),
            _ when end > at => text[..at] + Pick(Odd) + text[end..],
            _ => text[..at] + Pick(Odd),
        };
    }

    private byte[] ChangeBytes(byte[] file)
    {
        int at = _random.Next(file.Length);
        switch (_random.Next(6))
        {
            case 0: return file[..at];
            case 1: file[at] = (byte)_random.Next(256); return file;
            case 2: file[at] ^= (byte)(1 << _random.Next(8)); return file;
            case 3: return [.. file[..at], .. file[Math.Min(file.Length, at + _random.Next(1, 40))..]];
            case 4: return [.. file[..at], .. Encoding.UTF8.GetBytes(Pick(Odd)), .. file[at..]];
            default:
                byte[] other = Pick(corpus);
                return [.. file[..at], .. other[_random.Next(other.Length)..]];
        }
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
