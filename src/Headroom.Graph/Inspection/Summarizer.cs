using System.Collections.Immutable;
using Headroom.Evidence.Quantities;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Inspection;

/// <summary>Works out a <see cref="ModelSummary"/>.</summary>
internal sealed class Summarizer(Model model, Dictionary<string, long> bindings, Func<TypedGraph, MemoryPlan> plan)
{
    public ModelSummary Run(long batch)
    {
        TypedGraph graph = Specialize.Run(model, bindings);
        ImmutableArray<NodeSummary> nodes = [.. graph.Nodes.Select(n => Node(graph, n))];
        Cost total = graph.Cost();
        var summary = new ModelSummary
        {
            Name = model.Name,
            Batch = batch,
            Inputs = [.. model.Inputs.Select(i => new TensorSummary(i.Value.Name, $"{i.Element.ShortName()}[{string.Join(", ", i.Dimensions)}]"))],
            Outputs = [.. model.Outputs.Select(o => new TensorSummary(o.Name, graph.Type(o).ToString()))],
            Operators = Operators(graph, total),
            Nodes = nodes,
            Parameters = [.. model.States.Select(s => new ParameterSummary(s.Value.Name, s.Type.ToString(), s.Type.Elements, s.Type.Size, s.Trainable))],
            ParameterCount = model.States.Sum(s => s.Type.Elements),
            TrainableCount = model.Parameters,
            ParameterBytes = new Bytes(model.States.Sum(s => s.Type.Bytes)),
            ForwardFlops = total.Work,
            ForwardTraffic = total.Traffic,
            InferencePeak = new Bytes(plan(graph).GraphBytes),
        };
        try
        {
            return summary with { Training = Training(graph) };
        }
        catch (GraphException e)
        {
            return summary with { TrainingObstacle = e.Message };
        }
    }

    private static NodeSummary Node(TypedGraph graph, Node n)
        => new(n.Name, n.Operator.Name, [.. n.Outputs.Where(o => o.Exists).Select(o => graph.Type(o).ToString())], n.Operator.Cost(graph.Signature(n)).Work);

    private static ImmutableArray<OperatorSummary> Operators(TypedGraph graph, Cost total)
    {
        var summaries = new List<OperatorSummary>();
        foreach (IGrouping<string, Node> g in graph.Nodes.GroupBy(n => n.Operator.Name))
        {
            Cost cost = g.Aggregate(default(Cost), (sum, n) => sum + n.Operator.Cost(graph.Signature(n)));
            summaries.Add(new OperatorSummary(g.Key, g.Count(), cost.Work, new Bytes(cost.Read), new Bytes(cost.Written), total.Flops > 0 ? cost.Flops / total.Flops : 0));
        }
        return [.. summaries.OrderByDescending(s => s.Flops.Value).ThenBy(s => s.Operator, StringComparer.Ordinal)];
    }

    private TrainingSummary Training(TypedGraph graph)
    {
        (Model trained, string loss) = WithLoss(graph);
        TrainingStep step = TrainingStep.Build(trained, bindings, new TrainingStepOptions(new AdamWRule()));
        Cost cost = step.Batch.Cost();
        return new TrainingSummary(loss, cost.Work, cost.Traffic, new Bytes(plan(step.Batch).GraphBytes));
    }

    /// <summary>The model with a loss that fits the shape of its first output.</summary>
    private (Model Model, string Loss) WithLoss(TypedGraph graph)
    {
        if (model.Outputs.Contains(Objectives.Loss)) return (model, "the model's own");
        Value output = model.Outputs[0];
        TensorType type = graph.Type(output);
        if (!type.Element.IsFloat()) throw new GraphException($"output '{output}' is {type}; a loss needs floating numbers");
        ModelBuilder m = ModelBuilder.From(model);
        if (type.Rank >= 2 && type.Shape[-1] > 1)
        {
            long classes = type.Shape[-1];
            Value rows = type.Rank == 2 ? output : m.Reshape(output, -1, classes);
            Value labels = m.Input(Objectives.Labels.Name, ElementType.Int64, type.Elements / Math.Max(1, classes));
            return (m.Build([.. model.Outputs, m.AddNamed(Objectives.Loss.Name, new SoftmaxCrossEntropyLoss(), rows, labels)]), $"cross-entropy over the {classes} entries of '{output}'");
        }
        Value target = m.Input(Objectives.Labels.Name, type.Element, [.. type.Shape.Dims.ToArray().Select(d => (Dimension)d)]);
        Value error = m.Add(new Sub(), output, target);
        return (m.Build([.. model.Outputs, m.AddNamed(Objectives.Loss.Name, new ReduceMean { KeepDims = false }, m.Add(new Mul(), error, error))]), $"mean squared error of '{output}'");
    }
}
