namespace Headroom.Cli.Profiling;

/// <summary>One line of the diagnosis: an operator's nodes together, or what lies between them.</summary>
/// <param name="Name">The operator's, or <c>input wait</c>, <c>copy in</c>, <c>between nodes</c>.</param>
/// <param name="Calls">Runs a step.</param>
/// <param name="Seconds">A step.</param>
/// <param name="Flops">A step.</param>
/// <param name="Bytes">A step.</param>
/// <param name="Roofline">Seconds a step that arithmetic and traffic take at the least.</param>
/// <param name="Binding">What most of its time is bound by.</param>
internal sealed record StepPart(string Name, double Calls, double Seconds, double Flops, double Bytes, double Roofline, Binding Binding)
{
    /// <summary>Seconds at the roofline over seconds taken; above 1 where a cache feeds what the model of traffic counts as memory.</summary>
    public double? Reached => Roofline > 0 && Seconds > 0 ? Roofline / Seconds : null;

    public static StepPart Of(string name, IEnumerable<NodeLoad> nodes)
    {
        NodeLoad[] all = [.. nodes];
        Binding binding = all.GroupBy(n => n.Binding).MaxBy(g => g.Sum(n => n.Seconds))!.Key;
        return new StepPart(name, all.Sum(n => n.Calls), all.Sum(n => n.Seconds), all.Sum(n => n.Work.Flops), all.Sum(n => n.Bytes), all.Sum(n => n.Roofline), binding);
    }
}
