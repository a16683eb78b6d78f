using System.Reflection;

namespace Headroom.Graph.Onnx;

/// <summary>The operators that can be read: every class marked <see cref="OnnxOperatorAttribute"/>.</summary>
public static class OnnxOperators
{
    private static readonly Lazy<ILookup<string, Entry>> Known = new(Find);

    /// <summary>The names of all operators that can be read, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Value.Select(g => g.Key).Order(StringComparer.Ordinal)];

    /// <summary>Reads an operator from its attributes, or gives null and why not.</summary>
    internal static Func<OnnxAttributes, Operator>? Reader(string op, string domain, int opset, out string why)
    {
        why = "";
        if (domain.Length > 0 && domain != "ai.onnx")
        {
            why = $"{domain}.{op}";
            return null;
        }
        Entry[] forms = [.. Known.Value[op].OrderByDescending(e => e.Since)];
        if (forms.FirstOrDefault(e => e.Since <= opset) is { } form) return form.Read;
        why = forms.Length == 0 ? op : $"{op} (exists since opset {forms[^1].Since}, the file has {opset})";
        return null;
    }

    private static ILookup<string, Entry> Find()
    {
        var entries = new List<Entry>();
        foreach (Type type in typeof(Operator).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<OnnxOperatorAttribute>() is not { } mark) continue;
            MethodInfo read = type.GetMethod("Read", BindingFlags.Public | BindingFlags.Static, [typeof(OnnxAttributes)])
                ?? throw new InvalidOperationException($"{type.Name} is marked as an ONNX operator and has no public static Read(OnnxAttributes)");
            entries.Add(new Entry(mark.Name ?? type.Name, mark.Since, read.CreateDelegate<Func<OnnxAttributes, Operator>>()));
        }
        return entries.ToLookup(e => e.Name, StringComparer.Ordinal);
    }

    private sealed record Entry(string Name, int Since, Func<OnnxAttributes, Operator> Read);
}
