using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Fused;

/// <summary>Random operands in the storage that a kernel takes, and their values as doubles.</summary>
internal sealed unsafe class Operand : IDisposable
{
    readonly Tensor tensor;

    public Operand(int count, ScalarType type, Func<int, double> value)
    {
        Library.Load(2);
        tensor = Tensor.Empty([Math.Max(count, 1)], type, Device.Cpu);
        Type = type;
        Count = count;
        for (int i = 0; i < count; i++) this[i] = value(i);
    }

    public ScalarType Type { get; }

    public int Count { get; }

    public void* Data => tensor.Data;

    public float* Floats => Type == ScalarType.Float32 ? (float*)Data : throw new InvalidOperationException();

    public double this[int i]
    {
        get => Type == ScalarType.Float32 ? ((float*)Data)[i] : BitConverter.UInt32BitsToSingle((uint)((ushort*)Data)[i] << 16);
        set
        {
            if (Type == ScalarType.Float32) ((float*)Data)[i] = (float)value;
            else ((ushort*)Data)[i] = (ushort)(BitConverter.SingleToUInt32Bits((float)value) >> 16); // cut, not rounded: any bf16 will do
        }
    }

    public double[] Values => [.. Enumerable.Range(0, Count).Select(i => this[i])];

    public static Operand Normal(int count, ScalarType type, int seed, double scale = 1)
    {
        var random = new Random(seed);
        return new Operand(count, type, _ => scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    public static Operand Zeros(int count, ScalarType type = ScalarType.Float32) => new(count, type, _ => 0);

    public void Dispose() => tensor.Dispose();
}

internal static class Close
{
    /// <summary>Within the storage's rounding of the expected value, given sums of about <paramref name="terms"/> terms of size 1.</summary>
    public static void To(double expected, double actual, ScalarType type, double terms = 1, string what = "")
    {
        double tolerance = (type == ScalarType.Float32 ? 2e-6 : 6e-3) * (Math.Abs(expected) + 0.3 * Math.Sqrt(terms)) + 1e-6;
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: expected {expected}, got {actual}, tolerance {tolerance}");
    }
}
