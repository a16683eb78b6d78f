using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What all denoising networks take and give: <c>image: fp32[batch, channels, height, width]</c>, in which noise is mixed; <c>timestep: int64[batch]</c>, how much; <c>label: int64[batch]</c>, the class, or one past the last for none; and <c>prediction</c>, of the image's shape.</summary>
public static class DenoiserInputs
{
    public static Value Image { get; } = new("image");

    public static Value Timestep { get; } = new("timestep");

    public static Value Label { get; } = new("label");

    public static Value Prediction { get; } = new("prediction");

    /// <summary>A vector of the step and the class, <c>[batch, outputs]</c>: sines and cosines of the step through two layers, and a row of a table for the class.</summary>
    /// <remarks>Vaswani et al., arXiv:1706.03762, section 3.5; Ho et al., arXiv:2006.11239, appendix B.</remarks>
    internal static Value Condition(ModelBuilder m, Value timestep, Value label, long frequencies, long outputs, long classes)
    {
        long half = frequencies / 2;
        float[] speeds = [.. Enumerable.Range(0, (int)half).Select(i => (float)Math.Exp(-Math.Log(10_000) * i / half))];
        Value step = m.Reshape(m.Add(new Cast { To = ElementType.Float32 }, timestep), -1, 1);
        Value angles = m.Add(new Mul(), step, m.Constant(TensorData.Floats(new Shape(1, half), speeds), "frequencies"));
        Value waves = m.Add(new Concat { Axis = 1 }, m.Add(new Sin(), angles), m.Add(new Cos(), angles));
        Initializer Of(long inputs) => Initializer.FanIn(inputs);
        Value h = m.Dense(m.Silu(m.Dense(waves, 2 * half, outputs, "time1", Of(2 * half))), outputs, outputs, "time2", Of(outputs));
        return m.Silu(m.Add(new Add(), h, m.Embedding(label, classes + 1, outputs, "classes", new Initializer.Normal(0, 0.5))));
    }

    internal static Value Silu(this ModelBuilder m, Value x) => m.Add(new Swish(), x);
}

/// <summary>What a denoising network is trained to give.</summary>
public enum Prediction
{
    /// <summary>The noise that was mixed in. Ho et al., arXiv:2006.11239.</summary>
    Noise,

    /// <summary><c>√ᾱ · noise - √(1 - ᾱ) · picture</c>, which says as much where nearly all is noise as where nearly all is picture. Salimans and Ho, arXiv:2202.00512, section 4.</summary>
    Velocity,
}
