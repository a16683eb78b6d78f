using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>How pictures are drawn by a denoising network.</summary>
/// <param name="Steps">How many of the schedule's steps are gone through.</param>
/// <param name="Guidance">How far the class's noise is followed beyond that of no class: 1 is the class's own, more makes pictures more typical of it, 0 leaves the class out.</param>
public sealed record DdimOptions(int Steps = 50, float Guidance = 2);

/// <summary>Drawing pictures by a denoising network, from noise to picture, without noise being added on the way: the same noise and class give the same picture.</summary>
/// <remarks>Song, Meng and Ermon, arXiv:2010.02502, eq. 12 with η = 0; guidance: Ho and Salimans, arXiv:2207.12598, eq. 6 (with a weight larger by 1).</remarks>
public static class Ddim
{
    /// <summary>The step that comes next, where <c>timestep</c> is the one that the picture is at: -1 for the finished picture.</summary>
    public static Value Next { get; } = new("next");

    /// <summary>What a sampler begins with.</summary>
    public static Value Noise { get; } = new("noise");

    /// <summary>The picture a step further.</summary>
    public static Value Drawn { get; } = new("picture");

    /// <summary>One step: takes <c>image</c>, <c>label</c>, <c>timestep</c> and <c>next</c> (int64[batch]) and gives <c>picture</c>.</summary>
    /// <param name="denoiser">See <see cref="DenoiserInputs"/>.</param>
    /// <param name="schedule">The one it was trained with.</param>
    /// <param name="classes">Labels lie in [0, classes).</param>
    /// <param name="prediction">What it was trained to give.</param>
    /// <param name="guidance">See <see cref="DdimOptions.Guidance"/>.</param>
    public static Model Step(Model denoiser, NoiseSchedule schedule, long classes, Prediction prediction, float guidance)
    {
        var m = new ModelBuilder(denoiser.Name + "_ddim");
        GraphInput picture = denoiser.Inputs.Single(i => i.Value == DenoiserInputs.Image);
        Value image = m.Input(DenoiserInputs.Image.Name, ElementType.Float32, [.. picture.Dimensions]), label = m.Input(DenoiserInputs.Label.Name, ElementType.Int64, "batch");
        Value step = m.Input(DenoiserInputs.Timestep.Name, ElementType.Int64, "batch"), next = m.Input(Next.Name, ElementType.Int64, "batch");
        Value found = Guided(m, denoiser, image, step, label, classes, guidance);
        // Row 0 stands for the finished picture, of which all is kept.
        double[] kept = [1, .. schedule.Kept];
        Value keptRoots = m.Constant(TensorData.Floats(new Shape(kept.Length), [.. kept.Select(k => (float)Math.Sqrt(k))]), "kept"), lostRoots = m.Constant(TensorData.Floats(new Shape(kept.Length), [.. kept.Select(k => (float)Math.Sqrt(1 - k))]), "lost");
        Value At(Value table, Value place) => m.Reshape(m.Add(new Gather(), table, m.Add(new Add(), place, m.Constant(TensorData.Scalar(1L), "one"))), -1, 1, 1, 1);
        (Value keptNow, Value lostNow) = (At(keptRoots, step), At(lostRoots, step));
        Value Noisy(Value picture, Value noise) => m.Add(new Add(), m.Add(new Mul(), picture, At(keptRoots, next)), m.Add(new Mul(), noise, At(lostRoots, next)));
        Value guess = prediction == Prediction.Noise
            ? m.Add(new Div(), m.Add(new Sub(), image, m.Add(new Mul(), found, lostNow)), keptNow)
            : m.Add(new Sub(), m.Add(new Mul(), image, keptNow), m.Add(new Mul(), found, lostNow));
        // A pixel outside of what pictures have is a mistake; the noise that goes with the mended guess is what is taken on.
        Value clipped = m.Add(new Clip(), guess, m.Constant(TensorData.Scalar(-1f), "darkest"), m.Constant(TensorData.Scalar(1f), "brightest"));
        Value rest = m.Add(new Div(), m.Add(new Sub(), image, m.Add(new Mul(), clipped, keptNow)), lostNow);
        return m.Build(m.AddNamed(Drawn.Name, new Identity(), Noisy(clipped, rest)));
    }

    /// <summary>All steps in one graph over the same weights: takes <c>noise</c>, fp32[batch, channels, height, width] of normal numbers, and <c>label</c>, and gives <c>picture</c>, from -1 to 1.</summary>
    /// <exception cref="GraphException">The schedule has fewer steps.</exception>
    public static Model Sampler(Model denoiser, NoiseSchedule schedule, long classes, Prediction prediction, DdimOptions options)
    {
        Model one = Step(denoiser, schedule, classes, prediction, options.Guidance);
        var m = new ModelBuilder(denoiser.Name + "_sampler");
        GraphInput picture = denoiser.Inputs.Single(i => i.Value == DenoiserInputs.Image);
        Value image = m.Input(Noise.Name, ElementType.Float32, [.. picture.Dimensions]), label = m.Input(DenoiserInputs.Label.Name, ElementType.Int64, "batch");
        Value zeros = m.Add(new Sub(), label, label);
        ImmutableArray<int> steps = schedule.Spaced(options.Steps);
        Value Place(int step) => m.Add(new Add(), zeros, m.Constant(TensorData.Scalar((long)step), "step"));
        for (int i = 0; i < steps.Length; i++)
            image = m.Inline(one, new Dictionary<Value, Value> { [DenoiserInputs.Image] = image, [DenoiserInputs.Label] = label, [DenoiserInputs.Timestep] = Place(steps[i]), [Next] = Place(i + 1 < steps.Length ? steps[i + 1] : -1) }, $"step{i}")[0];
        return m.Build(m.AddNamed(Drawn.Name, new Identity(), image));
    }

    /// <summary>What is found with and without the class, in one run of the network over twice the rows.</summary>
    private static Value Guided(ModelBuilder m, Model denoiser, Value image, Value step, Value label, long classes, float guidance)
    {
        Value None() => m.Add(new Add(), m.Add(new Sub(), label, label), m.Constant(TensorData.Scalar(classes), "no_class"));
        Value Find(Value image, Value step, Value label) => m.Inline(denoiser, new Dictionary<Value, Value> { [DenoiserInputs.Image] = image, [DenoiserInputs.Timestep] = step, [DenoiserInputs.Label] = label }, "")[0];
        if (guidance == 1) return Find(image, step, label);
        if (guidance == 0) return Find(image, step, None());
        Value Twice(Value a, Value b) => m.Add(new Concat { Axis = 0 }, a, b);
        Value both = Find(Twice(image, image), Twice(step, step), Twice(label, None()));
        ImmutableArray<Value> parts = m.AddMany(new Split { Axis = 0, Parts = 2 }, 2, both);
        Value further = m.Add(new Mul(), m.Add(new Sub(), parts[0], parts[1]), m.Constant(TensorData.Scalar(guidance), "guidance"));
        return m.Add(new Add(), parts[1], further);
    }
}
