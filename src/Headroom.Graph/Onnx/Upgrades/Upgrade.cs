namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>
/// Lifts the nodes of an operator, or of several that changed alike, from the form that older opsets gave them to a newer one. Rules are found by reflection, one a file;
/// a node goes through all that concern it, oldest first, and what comes out has the form that the operator classes read.
/// </summary>
internal abstract class Upgrade
{
    /// <summary>For <see cref="Before"/>: whatever the file's opset is.</summary>
    public const int Always = OnnxReader.NewestOpset + 1;

    /// <summary>ONNX's names of the operators whose nodes are lifted.</summary>
    public abstract IReadOnlyList<string> Operators { get; }

    /// <summary>The opset in which the newer form came: nodes of files older than this are lifted.</summary>
    public abstract int Before { get; }

    /// <summary>The operator that a node becomes.</summary>
    public virtual string Becomes(string op) => op;

    /// <summary>Adds the nodes that stand for this one.</summary>
    /// <exception cref="GraphException">There are none; the caller adds the node.</exception>
    public abstract void Apply(Lift node);
}
