using Headroom.Graph;
using Headroom.Graph.Passes;

namespace Headroom.Planning.Budgets;

/// <summary>Which settings of the levers are worth a look for a model.</summary>
public static class LeverSpace
{
    // Smaller parts than this many of a batch cost more in calls than they save in memory.
    private const int MostParts = 64;

    /// <summary>Numbers of equal parts that a batch can be run in, ascending. One only where the model takes statistics over the batch: parts would change them, and with them the update.</summary>
    public static IReadOnlyList<int> MicroBatches(Model model, int batch)
    {
        bool statistics = TrainingForm.Run(model).States.Any(s => s.Updated.Exists);
        if (statistics) return [1];
        int[] divisors = [.. Enumerable.Range(1, Math.Min(batch, MostParts)).Where(d => batch % d == 0)];
        // Each a good deal smaller than the one before.
        var steps = new List<int>();
        foreach (int d in divisors) if (steps.Count == 0 || d >= steps[^1] * 3 / 2.0) steps.Add(d);
        return steps;
    }
}
