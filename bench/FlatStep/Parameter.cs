using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Bench.FlatStep;

/// <summary>What a step needs of one weight: fp32 master, optimizer state, and in bf16 the copy that the products read.</summary>
internal sealed unsafe class Parameter
{
    readonly Buffer master;
    readonly Buffer? copy, first, second;

    /// <param name="type">What the products read.</param>
    /// <param name="moments">Buffers of optimizer state: 2 for AdamW, 1 for momentum.</param>
    /// <param name="value">The initial value of each element.</param>
    /// <param name="shape">The shape, in memory order.</param>
    public Parameter(ScalarType type, int moments, Func<float> value, params ReadOnlySpan<long> shape)
    {
        master = new Buffer(ScalarType.Float32, shape);
        for (long i = 0; i < master.Elements; i++) master.Floats[i] = value();
        if (type != ScalarType.Float32)
        {
            copy = new Buffer(type, shape);
            Casts.Run(master.Data, ScalarType.Float32, copy.Data, type, master.Elements);
        }
        if (moments > 0) first = Zeros(shape);
        if (moments > 1) second = Zeros(shape);
        Transposed = shape.Length == 2 ? Weight.Transposed() : Weight;
    }

    public float* Master => master.Floats;

    /// <summary>In the type that the products read.</summary>
    public Tensor Weight => (copy ?? master).Tensor;

    public Tensor Transposed { get; }

    public long Elements => master.Elements;

    public void AdamW(void* gradient, ScalarType type, long step, in AdamWSettings s)
        => Runtime.Kernels.Fused.AdamW.Run(Master, gradient, type, first!.Floats, second!.Floats, copy is null ? null : (ushort*)copy.Data, Elements, step, s.Rate, s.Beta1, s.Beta2, 1e-8, s.Decay);

    public void Sgd(void* gradient, ScalarType type, double rate, double momentum, double decay)
        => Runtime.Kernels.Fused.Sgd.Run(Master, gradient, type, first!.Floats, copy is null ? null : (ushort*)copy.Data, Elements, rate, momentum, decay);

    static Buffer Zeros(ReadOnlySpan<long> shape)
    {
        var result = new Buffer(ScalarType.Float32, shape);
        result.Tensor.Zero();
        return result;
    }
}

internal readonly record struct AdamWSettings(double Rate, double Beta1, double Beta2, double Decay);

/// <summary>PyTorch's default initial distributions.</summary>
internal sealed class Init(int seed)
{
    readonly Random random = new(seed);

    public float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>U(±1 / √fan_in), which linear layers and convolutions begin with.</summary>
    public Func<float> Fan(long inputs)
    {
        double bound = 1 / Math.Sqrt(inputs);
        return () => (float)((2 * random.NextDouble() - 1) * bound);
    }

    public long Below(int bound) => random.Next(bound);

    public static float One() => 1;

    public static float Zero() => 0;
}
