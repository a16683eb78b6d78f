using System.Reflection;
using System.Text.Json;

namespace Headroom.Conformance.Tests.Evidence;

/// <summary>Marks a check of the vectors of one function: <c>static void Check(Vector v)</c>, which throws where the vector's values are not ours.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VectorsOfAttribute(string area, string function) : Attribute
{
    public string Area { get; } = area;

    public string Function { get; } = function;
}

internal sealed class EvidenceAreas : AreaSource
{
    protected override IEnumerable<IArea> Find(string folder)
    {
        string evidence = Path.Combine(folder, "evidence");
        return Directory.Exists(evidence) ? Directory.EnumerateFiles(evidence, "*.json").Order(StringComparer.Ordinal).Select(f => new EvidenceArea(f)) : [];
    }
}

/// <summary>One file of vectors that other tools computed. A vector whose function nothing here checks is skipped.</summary>
internal sealed class EvidenceArea(string file) : IArea
{
    private static readonly Lazy<Dictionary<(string Area, string Function), Action<Vector>>> Checks = new(() =>
        (from type in typeof(EvidenceArea).Assembly.GetTypes()
         from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public)
         let mark = method.GetCustomAttribute<VectorsOfAttribute>()
         where mark is not null
         select (mark, method)).ToDictionary(m => (m.mark.Area, m.mark.Function), m => m.method.CreateDelegate<Action<Vector>>()));

    public string Name => "evidence/" + Path.GetFileNameWithoutExtension(file);

    public IEnumerable<Outcome> Run(Func<string, bool> wanted)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        foreach (JsonElement element in document.RootElement.GetProperty("vectors").EnumerateArray())
        {
            var vector = new Vector(element);
            if (!wanted(vector.Id)) continue;
            if (!Checks.Value.TryGetValue((Path.GetFileNameWithoutExtension(file), vector.Function), out Action<Vector>? check))
            {
                yield return new Outcome(vector.Id, Fate.Skipped, $"{vector.Function} is not built yet");
                continue;
            }
            string? fault = null;
            try
            {
                check(vector);
            }
            catch (Exception e)
            {
                fault = e.Message.ReplaceLineEndings(" ");
            }
            if (fault is not null) yield return new Outcome(vector.Id, Fate.Failed, fault);
            else if (vector.Unseen.Count > 0) yield return new Outcome(vector.Id, Fate.Skipped, $"holds as far as it is built; not built yet: {string.Join(", ", vector.Unseen)}");
            else yield return new Outcome(vector.Id, Fate.Passed);
        }
    }
}
