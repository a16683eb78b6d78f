namespace Headroom.Graph.Passes;

/// <summary>A pattern of nodes and the one node that does the same in fewer visits to memory. Rules are found by reflection: adding one touches no list.</summary>
public abstract class FusionRule
{
    /// <summary>What the rule joins, for plans and switches: <c>batch norm + add + relu</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The node that replaces the pattern which ends at <paramref name="last"/>; null where it doesn't stand there.</summary>
    public abstract FusedNode? Match(FusionView graph, Node last);
}

/// <summary>What a rule found.</summary>
/// <param name="Node">Takes the place of the pattern's last node.</param>
/// <param name="Absorbed">The nodes before it that are needed no more.</param>
public sealed record FusedNode(Node Node, params IReadOnlyList<Node> Absorbed);
