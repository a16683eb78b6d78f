using Headroom.Evidence.Quantities;

namespace Headroom.Evidence.Documents;

/// <summary>What training will take, known before anything runs: <c>plan.json</c>.</summary>
public sealed record PlanDocument() : Document(SchemaName)
{
    public const string SchemaName = "headroom/plan/1";

    /// <summary>Facts on the machine that the plan is for: processor, cores, memory, versions of .NET and libtorch.</summary>
    public IReadOnlyDictionary<string, string> Machine { get; init => field = Frozen.Strings(value, "machine"); } = Frozen.Empty<string>();

    /// <summary>What fills the memory at the peak, by kind: weights, gradients, optimizer states, activations, inputs.</summary>
    public IReadOnlyList<PlanItem> Buffers { get; init => field = Frozen.List(value, "buffers"); } = [];

    /// <summary>What one step costs, by operator.</summary>
    public IReadOnlyList<OperatorCost> Operators { get; init => field = Frozen.List(value, "operators"); } = [];

    /// <summary>What the planner chose under a budget, and why; empty where the settings left nothing to choose.</summary>
    public IReadOnlyList<PlanChoice> Choices { get; init => field = Frozen.List(value, "choices"); } = [];

    /// <summary>The plans between the fastest and the smallest, from the fastest on; empty without a budget.</summary>
    public IReadOnlyList<PlanAlternative> Alternatives { get; init => field = Frozen.List(value, "alternatives"); } = [];

    public bool Equals(PlanDocument? other) => EvidenceJson.Same(this, other);

    public override int GetHashCode() => base.GetHashCode();

    internal override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults()) yield return fault;
        foreach (PlanItem item in Buffers)
        {
            if (!double.IsFinite(item.Share)) yield return $"the share of the buffers '{item.Name}' is {Frozen.Show(item.Share)}";
        }
        foreach (OperatorCost cost in Operators)
        {
            if (!double.IsFinite(cost.Flops.Value)) yield return $"the FLOPs of {cost.Operator} are {Frozen.Show(cost.Flops.Value)}";
        }
    }
}

/// <summary>A part of the memory.</summary>
/// <param name="Name">What lies there: <c>weights</c>, <c>activations</c>.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Share">Its part of the whole, 0 to 1.</param>
public sealed record PlanItem(string Name, Bytes Bytes, double Share);

/// <summary>The cost of all nodes of one operator in one step.</summary>
/// <param name="Operator">ONNX's name: <c>MatMul</c>.</param>
/// <param name="Nodes">How many nodes of the graph.</param>
/// <param name="Flops">Floating-point operations; a multiply-add counts two.</param>
/// <param name="BytesRead">What they read.</param>
/// <param name="BytesWritten">What they write.</param>
/// <param name="ScratchBytes">The most that any of them takes beside its inputs and outputs while it runs.</param>
public sealed record OperatorCost(string Operator, int Nodes, Flops Flops, Bytes BytesRead, Bytes BytesWritten, Bytes ScratchBytes)
{
    /// <summary>Time of all of them in one step, predicted; null where nothing was measured.</summary>
    public Seconds? Seconds { get; init; }
}
