using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>How Llama 3.1 stretches a rotary embedding to longer rows than it was trained on: slow turns are divided by <see cref="Factor"/>, quick ones stay, those between are mixed.</summary>
/// <remarks>Grattafiori et al., arXiv:2407.21783, section 3.4.2; the formula is that of Hugging Face's <c>rope_type</c> <c>llama3</c>.</remarks>
public sealed record RotaryScaling
{
    public double Factor { get; init; } = 8;

    /// <summary>Turns that come round less often than this within <see cref="OriginalPositions"/> are slow.</summary>
    public double LowFrequency { get; init; } = 1;

    /// <summary>Turns that come round more often than this are quick.</summary>
    public double HighFrequency { get; init; } = 4;

    /// <summary>Tokens of a row in the first training.</summary>
    public long OriginalPositions { get; init; } = 8192;

    /// <summary>The stretched angle a position, in radians.</summary>
    public double Apply(double angle)
    {
        double rounds = OriginalPositions * angle / (2 * Math.PI), quick = Math.Clamp((rounds - LowFrequency) / (HighFrequency - LowFrequency), 0, 1);
        return angle * (quick + ((1 - quick) / Factor));
    }
}

/// <summary>The cosines and sines <c>[length, width / 2]</c> of a rotary embedding as constants of a graph, and the places <c>int64[batch, length]</c> at which a batch reads them.</summary>
/// <remarks>Su et al., arXiv:2104.09864, eq. 15: pair i of a head turns by <c>base^(-2i / width)</c> a position. Pairs are a feature of the first half and its counterpart of the second, as in Hugging Face's weights.</remarks>
internal readonly record struct Rotary(Value Cosines, Value Sines, Value Positions)
{
    public static Rotary Of(ModelBuilder m, Value tokens, long length, long width, double turnBase, RotaryScaling? scaling, Value positions = default)
    {
        using IDisposable scope = m.Scope("rotary");
        long half = width / 2;
        var (cosines, sines) = (new float[length * half], new float[length * half]);
        for (long i = 0; i < half; i++)
        {
            double angle = Math.Pow(turnBase, -2.0 * i / width);
            if (scaling is not null) angle = scaling.Apply(angle);
            for (long p = 0; p < length; p++) (sines[(p * half) + i], cosines[(p * half) + i]) = ((float)Math.Sin(p * angle), (float)Math.Cos(p * angle));
        }
        return new Rotary(
            m.Constant(TensorData.Floats(new Shape(length, half), cosines), "cosines"),
            m.Constant(TensorData.Floats(new Shape(length, half), sines), "sines"),
            positions.Exists ? positions : m.Add(new Expand(), Places(m, length), m.Add(new ShapeOf(), tokens)));
    }

    private static Value Places(ModelBuilder m, long length)
        => m.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(1, length), [.. Enumerable.Range(0, checked((int)length)).Select(p => (long)p)]), "places");

    /// <summary>Turns <c>[batch, length, heads · width]</c>.</summary>
    public Value Turn(ModelBuilder m, Value x, long heads) => m.Add(new RotaryEmbedding { Heads = heads }, x, Cosines, Sines, Positions);
}
