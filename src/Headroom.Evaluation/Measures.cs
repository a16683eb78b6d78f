using Headroom.Evidence;

namespace Headroom.Evaluation;

/// <summary>All measures of this assembly, found by their type.</summary>
public static class Measures
{
    /// <summary>The measures of these scores, by name in ordinal order.</summary>
    public static IReadOnlyList<IMeasure<TScores>> All<TScores>() => Catalog<TScores>.Measures;

    /// <summary>Their names, for gates to be checked against.</summary>
    public static IReadOnlyList<string> Names<TScores>() => [.. All<TScores>().Select(m => m.Name)];

    /// <summary>Every measure of these scores; they run side by side, each with its own generator, so the result doesn't depend on that.</summary>
    public static IReadOnlyList<Measurement> Of<TScores>(TScores scores, MeasureSettings? settings = null)
    {
        MeasureSettings chosen = settings ?? new();
        return [.. All<TScores>().AsParallel().AsOrdered().Select(m => m.Of(scores, chosen)).OfType<Measurement>()];
    }

    private static class Catalog<TScores>
    {
        public static readonly IReadOnlyList<IMeasure<TScores>> Measures =
        [
            .. typeof(Catalog<>).Assembly.GetTypes()
                .Where(t => t is { IsAbstract: false, ContainsGenericParameters: false } && t.IsAssignableTo(typeof(IMeasure<TScores>)))
                .Select(t => (IMeasure<TScores>)Activator.CreateInstance(t)!)
                .OrderBy(m => m.Name, StringComparer.Ordinal),
        ];
    }
}
