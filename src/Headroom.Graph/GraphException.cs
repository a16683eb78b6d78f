using Headroom.Evidence;

namespace Headroom.Graph;

/// <summary>A graph that can't be built, typed or differentiated; the message names the node where one is to blame.</summary>
public sealed class GraphException : InputException
{
    public GraphException(string message) : base(message) { }

    public GraphException(string message, Exception inner) : base(message, inner) { }

    /// <summary>The same fault with the node it happened at in front.</summary>
    public static GraphException At(Node node, string what) => new($"node '{node.Name}' ({node.Operator.Name}): {what}");
}
