using Headroom.Graph.Passes;

namespace Headroom.Planning;

/// <summary>What graphs that share state and one arena take together.</summary>
public static class RunMemory
{
    /// <summary>Bytes of state, each counted once.</summary>
    public static long StateBytes(IEnumerable<MemoryPlan> plans) => plans.SelectMany(p => p.Graph.States).DistinctBy(s => s.Value).Sum(s => ArenaLayout.Align(s.Type.Bytes));

    /// <summary>State, constants of all, and the largest arena: what a session allocates.</summary>
    public static long GraphBytes(IReadOnlyList<MemoryPlan> plans) => StateBytes(plans) + plans.Sum(p => p.ConstantBytes) + plans.Max(p => p.ArenaBytes);
}
