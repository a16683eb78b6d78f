namespace Headroom.Graph.Passes;

/// <summary>Puts a model into the form it has in a training step: each operator is asked for its own.</summary>
public static class TrainingForm
{
    /// <summary>The int64 scalar that seeds the step's randomness.</summary>
    public static Value Seed { get; } = new("headroom.seed");

    /// <summary>The int64 scalar that moves the step's randomness on: the number of the micro-batch since the run began.</summary>
    public static Value Position { get; } = new("headroom.position");

    public static Model Run(Model graph)
    {
        var rewrite = new TrainingRewrite(graph);
        foreach (Node node in graph.Nodes)
        {
            rewrite.Node = node;
            node.Operator.Train(rewrite);
        }
        return rewrite.Finish();
    }
}
