using System.Collections.Immutable;
using Headroom.Evidence.Quantities;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Inspection;

/// <summary>An input or output with its extents, named ones included: <c>logits: fp32[batch, 10]</c>.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Type">With named dimensions, as the model declares it; of an output, at the batch asked for.</param>
public sealed record TensorSummary(string Name, string Type);

/// <summary>All nodes of one operator together.</summary>
/// <param name="Operator">ONNX's name.</param>
/// <param name="Count">How many nodes run it.</param>
/// <param name="Flops">Of one forward pass.</param>
/// <param name="Read">Bytes read, if nothing stays in a cache.</param>
/// <param name="Written">Bytes written.</param>
/// <param name="Share">Of all FLOPs, in [0, 1].</param>
public sealed record OperatorSummary(string Operator, int Count, Flops Flops, Bytes Read, Bytes Written, double Share);

/// <summary>One node, in running order.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Operator">ONNX's name.</param>
/// <param name="Outputs">The outputs' types at the batch asked for.</param>
/// <param name="Flops">Of one run.</param>
public sealed record NodeSummary(string Name, string Operator, ImmutableArray<string> Outputs, Flops Flops);

/// <summary>A weight or a statistic.</summary>
public sealed record ParameterSummary(string Name, string Type, long Count, Bytes Size, bool Trainable);

/// <summary>What a model is made of and what it takes to run and to train it at a batch size: exact for graph bytes, by the operators' own rules for FLOPs.</summary>
public sealed record ModelSummary
{
    public required string Name { get; init; }

    /// <summary>Rows in a batch.</summary>
    public required long Batch { get; init; }

    public required ImmutableArray<TensorSummary> Inputs { get; init; }

    public required ImmutableArray<TensorSummary> Outputs { get; init; }

    /// <summary>Most FLOPs first.</summary>
    public required ImmutableArray<OperatorSummary> Operators { get; init; }

    /// <summary>In running order.</summary>
    public required ImmutableArray<NodeSummary> Nodes { get; init; }

    public required ImmutableArray<ParameterSummary> Parameters { get; init; }

    /// <summary>Elements of all weights and statistics.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Elements of those that training changes by gradient.</summary>
    public required long TrainableCount { get; init; }

    public required Bytes ParameterBytes { get; init; }

    /// <summary>FLOPs of one forward pass over the batch.</summary>
    public required Flops ForwardFlops { get; init; }

    /// <summary>Bytes moved by one forward pass over the batch, if nothing stays in a cache.</summary>
    public required Bytes ForwardTraffic { get; init; }

    /// <summary>Graph bytes at the peak of a forward pass: weights, constants and activations.</summary>
    public required Bytes InferencePeak { get; init; }

    /// <summary>A training step in fp32 with AdamW: forward, gradients and update; null where the model can't be trained (<see cref="TrainingObstacle"/>).</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>Why there is no training step; null where there is one.</summary>
    public string? TrainingObstacle { get; init; }

    /// <summary>Summarises a model at a batch size. A named dimension that leads an input is the batch; any other needs a value.</summary>
    /// <param name="model">In its inference form.</param>
    /// <param name="batch">Rows, 1 or more.</param>
    /// <param name="dimensions">Values of the other named dimensions, such as <c>length = 128</c>.</param>
    /// <param name="plan">How memory is planned; the runtime's own where one is at hand, which knows what its kernels allocate. Else buffers alone are counted.</param>
    /// <exception cref="GraphException">A named dimension has no value, or the model's shapes don't fit; the node is named.</exception>
    public static ModelSummary Of(Model model, long batch, IReadOnlyDictionary<string, long>? dimensions = null, Func<TypedGraph, MemoryPlan>? plan = null)
    {
        if (batch < 1) throw new GraphException($"a batch of {batch} rows is none; give 1 or more");
        Dictionary<string, long> bindings = Bindings(model, batch, dimensions);
        plan ??= graph => MemoryPlan.Create(graph);
        try
        {
            return new Summarizer(model, bindings, plan).Run(batch);
        }
        catch (OverflowException e)
        {
            throw new GraphException($"model '{model.Name}' at batch {batch} has a tensor of more than 2⁶³ bytes; give a smaller batch or smaller dimensions", e);
        }
    }

    private static Dictionary<string, long> Bindings(Model model, long batch, IReadOnlyDictionary<string, long>? dimensions)
    {
        var bindings = new Dictionary<string, long>(dimensions ?? new Dictionary<string, long>());
        foreach (string name in bindings.Keys)
            if (!model.DimensionNames.Contains(name)) throw new GraphException($"the model has no dimension '{name}'; it has {(model.DimensionNames.Any() ? string.Join(", ", model.DimensionNames) : "none that is named")}");
        foreach (GraphInput i in model.Inputs)
            if (i.Dimensions.Length > 0 && i.Dimensions[0].Name is string leading) bindings.TryAdd(leading, batch);
        return bindings;
    }
}

/// <summary>What a training step takes.</summary>
/// <param name="Loss">What is minimised: the model's own loss, or one that fits its output.</param>
/// <param name="Flops">Forward, gradients and update.</param>
/// <param name="Traffic">Bytes moved, if nothing stays in a cache.</param>
/// <param name="Peak">Graph bytes at the peak: weights, moments, activations and gradients.</param>
public sealed record TrainingSummary(string Loss, Flops Flops, Bytes Traffic, Bytes Peak);
