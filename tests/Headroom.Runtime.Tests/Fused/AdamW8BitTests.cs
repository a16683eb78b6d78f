using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;
using Kernel = Headroom.Runtime.Kernels.Fused.AdamW8Bit;

namespace Headroom.Runtime.Tests.Fused;

public sealed unsafe class AdamW8BitTests
{
    private static readonly double[] Signed = DynamicMap.Levels(true), Unsigned = DynamicMap.Levels(false);

    [Fact]
    public void The_maps_have_256_levels_of_seven_decades()
    {
        Assert.Equal((256, 256), (Signed.Length, Unsigned.Length));
        Assert.Equal((0, 1, 0, 1), (Signed[127], Signed[255], Unsigned[0], Unsigned[255]));
        Assert.Equal(0.55e-6, Signed[128], 1e-12);
        Assert.Equal(0.325e-6, Unsigned[1], 1e-12);
        Assert.Equal(-0.9929687, Signed[0], 1e-6);
    }

    [Fact] // with ε = 1, half of a moment kept and no second moment, a weight moves by the level itself
    public void A_first_moment_s_code_stands_for_its_level()
    {
        using var s = new States(256, ScalarType.Float32, _ => 0, _ => 0);
        for (int i = 0; i < 256; i++) (s.M[i], s.V[i]) = ((byte)i, 0);
        s.MMost[0] = 1;
        Kernel.Run(s.Weight.Floats, s.Gradient.Data, ScalarType.Float32, s.M, s.MMost, s.V, s.VMost, 256, 1, 1, 0.5, 0.5, 1, 0);
        for (int i = 0; i < 256; i++) Assert.Equal(-Signed[i], s.Weight[i], 1e-6 * Math.Abs(Signed[i]));
    }

    [Fact] // with ε = 0 and a first moment of 1, a weight moves by one over the level's root
    public void A_second_moment_s_code_stands_for_its_level()
    {
        using var s = new States(256, ScalarType.Float32, _ => 0, _ => 0);
        for (int i = 0; i < 256; i++) (s.M[i], s.V[i]) = (255, (byte)i);
        (s.MMost[0], s.VMost[0]) = (1, 1);
        Kernel.Run(s.Weight.Floats, s.Gradient.Data, ScalarType.Float32, s.M, s.MMost, s.V, s.VMost, 256, 1, 1, 0.5, 0.5, 0, 0);
        Assert.Equal(double.NegativeInfinity, s.Weight[0]);
        for (int i = 1; i < 256; i++) Assert.Equal(-1 / Math.Sqrt(Unsigned[i]), s.Weight[i], 1e-6 / Math.Sqrt(Unsigned[i]));
    }

    [Theory]
    [InlineData(1, ScalarType.Float32)]
    [InlineData(255, ScalarType.Float32)]
    [InlineData(256, ScalarType.BFloat16)]
    [InlineData(1037, ScalarType.Float32)]
    [InlineData(1037, ScalarType.BFloat16)]
    [InlineData(9003, ScalarType.Float32)]
    public void Each_step_equals_AdamW_s_from_what_the_codes_stand_for_and_rounds_to_the_nearest_levels(int count, ScalarType type)
    {
        const double Rate = 1e-2, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-7, Decay = 0.1, Scale = 0.5;
        var random = new Random(count);
        // Eight decades of sizes, zeros among them.
        using var s = new States(count, type, _ => random.NextDouble() * 2 - 1, _ => 0);
        for (int step = 1; step <= 6; step++)
        {
            double[] w = s.Weight.Values, m = s.First(), v = s.Second();
            for (int i = 0; i < count; i++) s.Gradient[i] = i % 7 == step ? 0 : (random.NextDouble() * 2 - 1) * Math.Pow(10, -random.Next(8));
            Kernel.Run(s.Weight.Floats, s.Gradient.Data, type, s.M, s.MMost, s.V, s.VMost, count, step, Rate, Beta1, Beta2, Epsilon, Decay, Scale);
            for (int i = 0; i < count; i++)
            {
                double g = Scale * s.Gradient[i];
                m[i] = Beta1 * m[i] + (1 - Beta1) * g;
                v[i] = Beta2 * v[i] + (1 - Beta2) * g * g;
                double expected = w[i] * (1 - Rate * Decay) - Rate / (1 - Math.Pow(Beta1, step)) * m[i] / (Math.Sqrt(v[i] / (1 - Math.Pow(Beta2, step))) + Epsilon);
                Assert.Equal(expected, s.Weight[i], 2e-6 * (1 + Math.Abs(expected)));
            }
            for (int block = 0; block * 256 < count; block++)
            {
                int[] at = [.. Enumerable.Range(block * 256, Math.Min(256, count - block * 256))];
                Rounded(at, m, s.M, s.MMost[block], Signed, false);
                Rounded(at, v, s.V, s.VMost[block], Unsigned, true);
            }
        }
    }

    private static void Rounded(int[] at, double[] moment, byte* codes, double most, double[] levels, bool neverZero)
    {
        double largest = at.Max(i => Math.Abs(moment[i]));
        Assert.Equal(largest, most, 1e-6 * largest);
        foreach (int i in at)
        {
            double value = moment[i] / most, found = levels[codes[i]];
            if (neverZero && value > 0 && value <= levels[1]) Assert.Equal(levels[1], found);
            else Assert.True(Math.Abs(found - value) <= DynamicMap.Nearest(levels, value) * (1 + 1e-4) + 1e-6 * Math.Abs(value), $"{value} became {found}");
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_threads()
    {
        byte[] Codes(int threads)
        {
            using var s = new States(50_001, ScalarType.Float32, i => Math.Sin(i), i => Math.Cos(3 * i));
            Library.SetThreads(threads);
            for (int step = 1; step <= 3; step++) Kernel.Run(s.Weight.Floats, s.Gradient.Data, ScalarType.Float32, s.M, s.MMost, s.V, s.VMost, 50_001, step, 1e-2, 0.9, 0.99, 1e-8, 0);
            Library.SetThreads(2);
            return [.. new Span<byte>(s.M, 50_001), .. new Span<byte>(s.V, 50_001), .. new Span<byte>(s.Weight.Data, 200_004)];
        }
        Assert.Equal(Codes(1), Codes(2));
    }

    [Fact]
    public void A_gradient_that_is_no_number_spoils_no_weight_but_its_own()
    {
        using var s = new States(512, ScalarType.Float32, _ => 1, i => i == 3 ? double.NaN : 1);
        for (int step = 1; step <= 2; step++) Kernel.Run(s.Weight.Floats, s.Gradient.Data, ScalarType.Float32, s.M, s.MMost, s.V, s.VMost, 512, step, 1e-2, 0.9, 0.99, 1e-8, 0);
        Assert.All(Enumerable.Range(0, 512), i => Assert.Equal(i == 3, !double.IsFinite(s.Weight[i])));
    }

    [Fact] // squares of gradients vanish long before the gradients do
    public void Moments_too_small_for_fp32_are_none()
    {
        using var s = new States(256, ScalarType.Float32, _ => 1, _ => 1e-20);
        for (int step = 1; step <= 3; step++) Kernel.Run(s.Weight.Floats, s.Gradient.Data, ScalarType.Float32, s.M, s.MMost, s.V, s.VMost, 256, step, 1e-2, 0.9, 0.99, 1e-8, 0);
        Assert.Equal(0, s.VMost[0]);
        Assert.All(s.Weight.Values, w => Assert.Equal(1, w, 1e-6));
    }

    /// <summary>A parameter, its gradient, and its moments, zero at first.</summary>
    private sealed class States : IDisposable
    {
        private readonly Tensor _codes, _maxima;

        private readonly int _count, _blocks;

        public States(int count, ScalarType type, Func<int, double> weight, Func<int, double> gradient)
        {
            Weight = new Operand(count, ScalarType.Float32, weight);
            Gradient = new Operand(count, type, gradient);
            (_count, _blocks) = (count, (count + AdamW8Bit.Block - 1) / AdamW8Bit.Block);
            _codes = Tensor.Empty([2 * count], ScalarType.UInt8, Device.Cpu);
            _maxima = Tensor.Empty([2 * _blocks], ScalarType.Float32, Device.Cpu);
            _codes.Zero();
            _maxima.Zero();
        }

        public Operand Weight { get; }

        public Operand Gradient { get; }

        public byte* M => (byte*)_codes.Data;

        public byte* V => M + _count;

        public float* MMost => (float*)_maxima.Data;

        public float* VMost => MMost + _blocks;

        public double[] First() => [.. Enumerable.Range(0, _count).Select(i => Signed[M[i]] * MMost[i / 256])];

        public double[] Second() => [.. Enumerable.Range(0, _count).Select(i => Unsigned[V[i]] * VMost[i / 256])];

        public void Dispose()
        {
            Weight.Dispose();
            Gradient.Dispose();
            _codes.Dispose();
            _maxima.Dispose();
        }
    }
}
