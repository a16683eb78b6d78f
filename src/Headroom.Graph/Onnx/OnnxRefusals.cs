using Headroom.Graph.Onnx.Upgrades;

namespace Headroom.Graph.Onnx;

/// <summary>Says which operators of a file can't be read, at which nodes, and why, before anything else is done with it.</summary>
internal static class OnnxRefusals
{
    // A file may be made of thousands of them; a message that long helps nobody.
    private const int MostOperators = 100, MostNames = 20_000;

    private const string DataDependent = "the shape of its result depends on the data, and every size must be known before the run", Subgraph = "it runs a graph of its own, again or under a condition",
        Sequences = "it works on sequences, and only tensors are supported", Optionals = "it works on optional values, and only tensors are supported", Texts = "it works on text, and only numbers are supported";

    /// <summary>Why an operator of ONNX is none of Headroom's, where there is more to say than that.</summary>
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["NonZero"] = DataDependent,
        ["Unique"] = DataDependent,
        ["Compress"] = DataDependent,
        ["NonMaxSuppression"] = DataDependent,
        ["If"] = Subgraph,
        ["Loop"] = Subgraph,
        ["Scan"] = Subgraph,
        ["SequenceMap"] = Subgraph,
        ["SequenceAt"] = Sequences,
        ["SequenceConstruct"] = Sequences,
        ["SequenceEmpty"] = Sequences,
        ["SequenceErase"] = Sequences,
        ["SequenceInsert"] = Sequences,
        ["SequenceLength"] = Sequences,
        ["SplitToSequence"] = Sequences,
        ["ConcatFromSequence"] = Sequences,
        ["Optional"] = Optionals,
        ["OptionalGetElement"] = Optionals,
        ["OptionalHasElement"] = Optionals,
        ["StringConcat"] = Texts,
        ["StringNormalizer"] = Texts,
        ["StringSplit"] = Texts,
        ["RegexFullMatch"] = Texts,
        ["TfIdfVectorizer"] = Texts,
    };

    /// <summary>What is wrong and what to do; null where every operator can be read.</summary>
    public static (string What, string Remedy)? Of(List<FileNode> nodes, int opset)
    {
        var unknown = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (FileNode n in nodes)
        {
            if (Why(n, opset) is not { } why) continue;
            if (!unknown.TryGetValue(why, out List<string>? names)) unknown[why] = names = [];
            names.Add(n.Name);
        }
        if (unknown.Count == 0) return null;
        int left = MostNames;
        var lines = new List<string>();
        foreach ((string op, List<string> names) in unknown.Take(MostOperators))
        {
            var listed = new List<string>();
            foreach (string name in names)
            {
                if ((left -= name.Length + 4) < 0) break;
                listed.Add($"'{name}'");
            }
            string more = listed.Count == names.Count ? "" : listed.Count == 0 ? $"{names.Count} of them" : $" and {names.Count - listed.Count} more";
            lines.Add($"  {op}: node{(names.Count == 1 ? "" : "s")} {string.Join(", ", listed)}{more}");
        }
        if (unknown.Count > MostOperators) lines.Add($"  and {unknown.Count - MostOperators} other operators");
        return ($"{(unknown.Count == 1 ? "an operator" : $"{unknown.Count} operators")} that Headroom doesn't have:\n{string.Join('\n', lines)}",
            $"Export the model with others. Headroom has {string.Join(", ", OnnxOperators.Names)}.");
    }

    private static string? Why(FileNode n, int opset)
    {
        if (n.Op.Length == 0) return "a node without an operator";
        (string op, int form) = n.Domain is "" or "ai.onnx" ? UpgradeRules.Target(n.Op, opset) : (n.Op, opset);
        if (OnnxOperators.Reader(op, n.Domain, form, out string why) is not null) return null;
        if (op != n.Op) return $"{n.Op} (read as {why})";
        if (n.Domain.Length > 0 && n.Domain != "ai.onnx") return why;
        if (UpgradeRules.LastOpset(n.Op) is > 0 and int last) return $"{n.Op} (exists up to opset {last}, the file has {opset})";
        return Reasons.TryGetValue(n.Op, out string? reason) ? $"{n.Op} ({reason})" : why;
    }
}
