using Headroom.Graph.Onnx;

namespace Headroom.Graph.Tests.OnnxFiles;

/// <summary>What differs between two models, part by part.</summary>
internal static class GraphComparison
{
    public static List<string> Differences(Model a, Model b)
    {
        var found = new List<string>();
        void Compare<T>(string what, IEnumerable<T> x, IEnumerable<T> y)
        {
            T[] left = [.. x], right = [.. y];
            for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
            {
                string? l = i < left.Length ? left[i]?.ToString() : "nothing", r = i < right.Length ? right[i]?.ToString() : "nothing";
                if (l != r && found.Count < 20) found.Add($"{what} {i}: {l} | {r}");
            }
        }
        Compare("name", [a.Name], [b.Name]);
        Compare("input", a.Inputs, b.Inputs);
        Compare("output", a.Outputs, b.Outputs);
        Compare("metadata", a.Metadata, b.Metadata);
        Compare("state", a.States.Select(s => $"{s.Value} {s.Type} {s.Kind} {s.Trainable} {Hash(((Initializer.Given)s.Initializer).Data)}"), b.States.Select(s => $"{s.Value} {s.Type} {s.Kind} {s.Trainable} {Hash(((Initializer.Given)s.Initializer).Data)}"));
        Compare("constant", Constants(a), Constants(b));
        Compare("node", a.Nodes.Select(Text), b.Nodes.Select(Text));
        return found;
    }

    private static IEnumerable<string> Constants(Model m) => m.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value.Type} {Hash(c.Value)}");

    private static string Text(Node n)
    {
        var attributes = new OnnxAttributes(OnnxReader.NewestOpset);
        n.Operator.Write(attributes);
        // Since opset 18 the number of pieces is written down; before, the outputs tell.
        if (attributes.Int("num_outputs", 0) == n.Outputs.Length) attributes.Remove("num_outputs");
        return $"{n.Name}: {string.Join(", ", n.Outputs)} = {n.Operator.Domain}.{n.Operator.Name}({string.Join(", ", n.Inputs)}) {string.Join(", ", attributes.Values.Select(a => $"{a.Key}={Text(a.Value)}"))}";
    }

    private static string Text(object value) => value is TensorData data ? $"{data.Type} {Hash(data)}" : value is Array list ? $"[{string.Join(' ', list.Cast<object>())}]" : $"{value}";

    private static string Hash(TensorData data) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(data.Bytes))[..16];
}
