using System.Collections.Immutable;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Optimization;

/// <summary>What a training step does beside its model.</summary>
public sealed record TrainingStepOptions(OptimizerRule Optimizer)
{
    /// <summary>The global gradient norm is scaled down to this; null for no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The decay of a moving average that is kept beside each weight (see <see cref="AveragedRule"/>); null for none.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>How many micro-batches make one update.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>The element type of matrix work; weights, sums and the loss stay fp32.</summary>
    public ElementType Compute { get; init; } = ElementType.Float32;

    /// <summary>Whether chains of memory-bound nodes are joined (see <see cref="Passes.Fusion"/>).</summary>
    public bool Fusion { get; init; } = true;

    /// <summary>Activations that are made again in the backward pass, by name (see <see cref="Passes.Recompute.Apply"/>).</summary>
    public ImmutableArray<string> Recompute { get; init; } = [];

    /// <summary>Whether pictures may lie channels-last (see <see cref="Passes.ChannelsLast"/>).</summary>
    public bool ChannelsLast { get; init; } = true;
}

/// <summary>
/// The training step as graphs: forward, gradients and update in one; or, with micro-batches, one that sums gradients and one that updates from the sums.
/// All that changes from step to step is an input; all that lasts is state. Gradient sums are to be cleared before the first micro-batch of an update.
/// </summary>
public sealed class TrainingStep
{
    /// <summary>fp32 scalar, fed to the graph that updates.</summary>
    public static Value LearningRate { get; } = new("headroom.learning_rate");

    /// <summary>int64 scalar, 1 for the first update; fed to the graph that updates.</summary>
    public static Value StepNumber { get; } = new("headroom.step");

    /// <summary>The global gradient norm before clipping; an output where clipping is on.</summary>
    public static Value GradientNorm { get; } = new("headroom.gradient_norm");

    private TrainingStep(TypedGraph batch, TypedGraph? update)
    {
        Batch = batch;
        Update = update;
    }

    /// <summary>Runs for each (micro-)batch and gives the loss; updates too, unless <see cref="Update"/> does.</summary>
    public TypedGraph Batch { get; }

    /// <summary>Updates from summed gradients; null when <see cref="Batch"/> does it.</summary>
    public TypedGraph? Update { get; }

    /// <param name="model">A model with a loss (see <see cref="Objectives"/>).</param>
    /// <param name="bindings">Values of the named dimensions, of one micro-batch.</param>
    /// <param name="options">Optimizer, clipping, micro-batches, precision.</param>
    /// <exception cref="GraphException">The model can't be trained; the node is named.</exception>
    public static TrainingStep Build(Model model, IReadOnlyDictionary<string, long> bindings, TrainingStepOptions options)
    {
        options = options with { Optimizer = options.Optimizer.For(model) };
        if (options.AverageDecay is double decay) options = options with { Optimizer = new AveragedRule(options.Optimizer, decay), AverageDecay = null };
        Model training = TrainingForm.Run(model);
        if (options.Compute != ElementType.Float32) training = MixedPrecision.Run(training, options.Compute);
        TypedBuilder b = Specialize.Start(training, bindings);
        if (options.Fusion) b = Passes.Fusion.Run(b, Objectives.Loss);
        Dictionary<Value, State> weights = b.States.Where(s => s.Trainable).ToDictionary(s => s.Value);
        if (weights.Count == 0) throw new GraphException($"model '{model.Name}' has no trainable weights");
        if (options.MicroBatches > 1) return Summed(model, b, weights, options);
        UpdateInputs inputs = Inputs(b);
        var ready = new List<(State Weight, Value Gradient)>();
        Differentiate.Run(b, Objectives.Loss, weights.Keys, (weight, gradient) =>
        {
            if (!gradient.Exists) return;
            // Without clipping a gradient is used as soon as it is there, so its buffer lives for two nodes.
            if (options.ClipNorm is null) options.Optimizer.Apply(b, weights[weight], gradient, inputs);
            else ready.Add((weights[weight], gradient));
        });
        ImmutableArray<Value> outputs = [Objectives.Loss];
        if (options.ClipNorm is double clip)
        {
            outputs = [.. outputs, GradientNorm];
            Clipped(b, ready, clip, options.Optimizer, inputs);
        }
        return new TrainingStep(Finish(b.Build(outputs), options), null);
    }

    private static TrainingStep Summed(Model model, TypedBuilder b, Dictionary<Value, State> weights, TrainingStepOptions options)
    {
        var sums = new List<(State Weight, State Sum)>();
        Differentiate.Run(b, Objectives.Loss, weights.Keys, (weight, gradient) =>
        {
            if (!gradient.Exists) return;
            State w = weights[weight];
            var sum = new State(new Value($"{weight}.gradient"), w.Type, StateKind.GradientSum, Initializer.Zeros);
            b.State(sum);
            b.Update(sum.Value, b.Add(new Accumulate { Factor = 1.0 / options.MicroBatches }, sum.Value, gradient));
            sums.Add((w, sum));
        });
        TypedGraph batch = Finish(b.Build([Objectives.Loss]), options);
        var u = new TypedBuilder(model.Name + ".update");
        UpdateInputs inputs = Inputs(u);
        foreach ((State weight, State sum) in sums)
        {
            u.State(weight with { Updated = Value.None });
            u.State(sum);
        }
        if (options.ClipNorm is double clip)
        {
            Clipped(u, [.. sums.Select(s => (s.Weight, s.Sum.Value))], clip, options.Optimizer, inputs);
            return new TrainingStep(batch, u.Build([GradientNorm]));
        }
        foreach ((State weight, State sum) in sums) options.Optimizer.Apply(u, weight, sum.Value, inputs);
        return new TrainingStep(batch, u.Build([]));
    }

    /// <summary>The passes over the whole step.</summary>
    private static TypedGraph Finish(TypedGraph step, TrainingStepOptions options)
    {
        if (options.Fusion) step = Passes.Fusion.Run(step);
        if (options.ChannelsLast) step = Passes.ChannelsLast.Run(step);
        return Passes.Recompute.Apply(Passes.Recompute.UnpackAgain(step), options.Recompute);
    }

    private static UpdateInputs Inputs(TypedBuilder b)
        => new(b.Input(LearningRate, new TensorType(ElementType.Float32)), b.Input(StepNumber, new TensorType(ElementType.Int64)), Value.None);

    private static void Clipped(TypedBuilder b, List<(State Weight, Value Gradient)> gradients, double clip, OptimizerRule rule, UpdateInputs inputs)
    {
        b.Add(new Node("headroom.gradient_norm", new GlobalNorm(), [.. gradients.Select(g => g.Gradient)], [GradientNorm]));
        UpdateInputs scaled = inputs with { Scale = b.Add(new ClipScale { MaxNorm = clip }, GradientNorm) };
        foreach ((State weight, Value gradient) in gradients) rule.Apply(b, weight, gradient, scaled);
    }
}
