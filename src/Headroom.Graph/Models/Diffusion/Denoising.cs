using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a denoising network is trained to: to tell noise and picture apart in a mixture of both.</summary>
/// <remarks>Ho et al., arXiv:2006.11239, eq. 14. That the class is left out now and then makes guidance without a classifier possible: Ho and Salimans, arXiv:2207.12598.</remarks>
public static class Denoising
{
    /// <summary>
    /// Takes <c>image: fp32[batch, channels, height, width]</c>, pixels from 0 to 255, and <c>label: int64[batch]</c>, and gives <c>loss</c>, the mean squared error of the <see cref="Prediction"/>. Steps and noise are drawn in the graph: in a training step anew each time, in its
    /// inference form, for validation, the same each time.
    /// </summary>
    /// <param name="denoiser">See <see cref="DenoiserInputs"/>.</param>
    /// <param name="schedule">How much noise there is at a step.</param>
    /// <param name="classes">Labels lie in [0, classes); <paramref name="classes"/> itself means "no class".</param>
    /// <param name="prediction">What the network is to give.</param>
    /// <param name="dropped">The share of rows that are shown without their class.</param>
    public static Model WithLoss(Model denoiser, NoiseSchedule schedule, long classes, Prediction prediction, double dropped = 0.1)
    {
        OptionChecks.Probability("denoising", nameof(dropped), dropped);
        var m = new ModelBuilder(denoiser.Name);
        GraphInput picture = denoiser.Inputs.Single(i => i.Value == DenoiserInputs.Image);
        Value pixels = m.Input(DenoiserInputs.Image.Name, ElementType.Float32, [.. picture.Dimensions]), label = m.Input(DenoiserInputs.Label.Name, ElementType.Int64, "batch");
        Value image = Scaled(m, pixels);
        Value noise = m.Add(new RandomNormalLike { Seed = 1 }, image);
        Value rows = m.Add(new Cast { To = ElementType.Float32 }, label);
        Value drawn = m.Add(new Mul(), m.Add(new RandomUniformLike { Seed = 2 }, rows), m.Constant(TensorData.Scalar((float)schedule.Steps), "steps"));
        Value step = m.Add(new Cast { To = ElementType.Int64 }, m.Add(new Floor(), drawn));
        Value kept = m.Reshape(m.Add(new Gather(), m.Constant(schedule.Roots(kept: true), "kept"), step), -1, 1, 1, 1);
        Value lost = m.Reshape(m.Add(new Gather(), m.Constant(schedule.Roots(kept: false), "lost"), step), -1, 1, 1, 1);
        Value mixed = m.Add(new Add(), m.Add(new Mul(), image, kept), m.Add(new Mul(), noise, lost));
        if (dropped > 0)
        {
            Value none = m.Add(new Less(), m.Add(new RandomUniformLike { Seed = 3 }, rows), m.Constant(TensorData.Scalar((float)dropped), "dropped"));
            label = m.Add(new Where(), none, m.Constant(TensorData.Scalar(classes), "no_class"), label);
        }
        Value found = m.Inline(denoiser, new Dictionary<Value, Value> { [DenoiserInputs.Image] = mixed, [DenoiserInputs.Timestep] = step, [DenoiserInputs.Label] = label }, "")[0];
        Value target = prediction == Prediction.Noise ? noise : m.Add(new Sub(), m.Add(new Mul(), noise, kept), m.Add(new Mul(), image, lost));
        Value error = m.Add(new Sub(), found, target);
        return m.Build(found, m.AddNamed(Objectives.Loss.Name, new ReduceMean { KeepDims = false }, m.Add(new Mul(), error, error)));
    }

    /// <summary>Pixels from 0 to 255 as numbers from -1 to 1.</summary>
    private static Value Scaled(ModelBuilder m, Value pixels)
        => m.Add(new Sub(), m.Add(new Div(), pixels, m.Constant(TensorData.Scalar(127.5f), "half")), m.Constant(TensorData.Scalar(1f), "one"));
}
