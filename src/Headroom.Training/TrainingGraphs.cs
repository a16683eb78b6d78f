using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;

namespace Headroom.Training;

/// <summary>All graphs of a run, before anything is allocated: what a planner sums up and a trainer compiles.</summary>
/// <param name="Step">The training step.</param>
/// <param name="Validation">The forward pass in its inference form, on as many rows as a micro-batch has; null where nothing is validated.</param>
public sealed record TrainingGraphs(TrainingStep Step, TypedGraph? Validation)
{
    /// <summary>The graphs in the order in which a trainer compiles them.</summary>
    public IEnumerable<TypedGraph> All => new[] { Step.Batch, Step.Update, Validation }.OfType<TypedGraph>();

    /// <summary>Makes the graphs of a model with a loss (see <see cref="Objectives"/>).</summary>
    /// <exception cref="GraphException">The model has no loss, more dimensions than the batch, or a node that can't be trained.</exception>
    public static TrainingGraphs Build(Model model, TrainingSettings settings, bool validate)
    {
        if (!model.Outputs.Contains(Objectives.Loss)) throw new GraphException($"model '{model.Name}' has no output '{Objectives.Loss}'; add an objective");
        Dictionary<string, long> bindings = model.DimensionNames.ToDictionary(n => n, _ => (long)settings.MicroBatchSize);
        if (bindings.Count > 1) throw new GraphException($"model '{model.Name}' has the named dimensions {string.Join(", ", bindings.Keys)}; only the batch may be open when it is trained");
        return new TrainingGraphs(TrainingStep.Build(model, bindings, settings.StepOptions), validate ? Specialize.Run(model, bindings) : null);
    }
}
