namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>All rules, by operator.</summary>
internal static class UpgradeRules
{
    private static readonly Lazy<ILookup<string, Upgrade>> Known = new(Find);

    public static IEnumerable<Upgrade> All => Known.Value.SelectMany(g => g).Distinct();

    /// <summary>The next rule for an operator in the form of an opset; null where it has its last form.</summary>
    public static Upgrade? Next(string op, int form)
    {
        foreach (Upgrade rule in Known.Value[op]) if (rule.Before > form) return rule;
        return null;
    }

    /// <summary>What an operator of an opset is called in the end, and the opset of the form it then has, never below 13.</summary>
    public static (string Op, int Form) Target(string op, int opset)
    {
        while (Next(op, opset) is { } rule) (op, opset) = (rule.Becomes(op), rule.Before);
        return (op, Math.Clamp(opset, Floor, OnnxReader.NewestOpset));
    }

    /// <summary>The last opset that has an operator which was renamed since; 0 for any other.</summary>
    public static int LastOpset(string op) => Known.Value[op].Where(rule => rule.Becomes(op) != op).Select(rule => rule.Before - 1).FirstOrDefault();

    /// <summary>The oldest form that operator classes read.</summary>
    public const int Floor = 13;

    private static ILookup<string, Upgrade> Find() => typeof(Upgrade).Assembly.GetTypes()
        .Where(t => t.IsSubclassOf(typeof(Upgrade)) && !t.IsAbstract)
        .Select(t => (Upgrade)Activator.CreateInstance(t)!)
        .SelectMany(rule => rule.Operators.Select(op => (op, rule)))
        .OrderBy(x => x.rule.Before).ThenBy(x => x.rule.GetType().Name, StringComparer.Ordinal)
        .ToLookup(x => x.op, x => x.rule, StringComparer.Ordinal);
}
