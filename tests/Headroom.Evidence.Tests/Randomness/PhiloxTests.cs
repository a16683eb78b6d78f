using CsCheck;
using Headroom.Evidence.Randomness;

namespace Headroom.Evidence.Tests.Randomness;

public sealed class PhiloxTests
{
    [Theory] // Random123, kat_vectors, philox4x32 10
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void The_known_answers_come_out(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3)
    {
        Assert.Equal((x0, x1, x2, x3), Philox.Block((c0, c1, c2, c3), (k0, k1)));
        // The same block, by seed, stream and position; its lanes are four positions.
        Philox philox = new(((ulong)k1 << 32) | k0, ((ulong)c3 << 32) | c2);
        ulong block = ((ulong)c1 << 32) | c0;
        if (block < 1UL << 62) Assert.Equal([x0, x1, x2, x3], [philox.UInt32At(4 * block), philox.UInt32At((4 * block) + 1), philox.UInt32At((4 * block) + 2), philox.UInt32At((4 * block) + 3)]);
    }

    [Fact] // the vectors of eight blocks, the edges, and the carry from the low to the high word of the counter
    public void Filling_gives_what_each_position_gives() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.OneOf(Gen.ULong, Gen.Int[-100, 100].Select(d => (1UL << 34) + (ulong)d), Gen.ULong[0, 9]), Gen.Int[0, 200]).Sample((seed, stream, position, count) =>
        {
            Philox philox = new(seed, stream);
            uint[] words = new uint[count];
            philox.FillUInt32(words, position);
            for (int i = 0; i < count; i++) Assert.Equal(philox.UInt32At(position + (ulong)i), words[i]);
        });

    [Fact]
    public void Any_part_of_a_sequence_is_drawn_again_alone()
    {
        Philox philox = new(17, 3);
        float[] uniform = new float[1000], normal = new float[1000];
        philox.FillUniform(uniform, 5, -2, 3);
        philox.FillNormal(normal, 5, 1, 2);
        Gen.Select(Gen.Int[0, 999], Gen.Int[0, 999]).Sample((a, b) =>
        {
            (int from, int to) = (Math.Min(a, b), Math.Max(a, b));
            float[] part = new float[to - from];
            philox.FillUniform(part, 5 + (ulong)from, -2, 3);
            Assert.Equal(uniform[from..to], part);
            philox.FillNormal(part, 5 + (ulong)from, 1, 2);
            Assert.Equal(normal[from..to], part);
        });
    }

    [Fact]
    public void Uniform_numbers_are_the_words_scaled_and_stay_below_one()
    {
        Philox philox = new(1, 2);
        float[] values = new float[4096];
        philox.FillUniform(values);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(philox.UniformAt((ulong)i), values[i]);
            Assert.InRange(values[i], 0, MathF.BitDecrement(1));
            Assert.InRange(philox.UniformDoubleAt((ulong)i), 0, Math.BitDecrement(1));
        }
    }

    [Fact] // 1e8 + u rounds to multiples of 8
    public void A_narrow_range_never_reaches_its_upper_bound()
    {
        float[] values = new float[10_000];
        new Philox(1, 2).FillUniform(values, 0, 1e8f, 1e8f + 16);
        Assert.All(values, v => Assert.InRange(v, 1e8f, 1e8f + 8));
        new Philox(1, 2).FillUniform(values, 0, 3, 3);
        Assert.All(values, v => Assert.Equal(3, v));
        Assert.Throws<ArgumentException>(() => new Philox(1, 2).FillUniform(new float[1], 0, 1, 0));
        Assert.Throws<ArgumentException>(() => new Philox(1, 2).FillUniform(new float[1], 0, 0, float.NaN));
    }

    [Fact] // chi-square over 100 cells, 99 degrees of freedom: 0.001 and 0.999 quantiles 60.0 and 148.2
    public void Uniform_numbers_fill_the_unit_evenly()
    {
        float[] values = new float[100_000];
        new Philox(42, 0).FillUniform(values);
        double chi = values.GroupBy(v => (int)(v * 100)).Sum(cell => Math.Pow(cell.Count() - 1000, 2) / 1000);
        Assert.InRange(chi, 60.0, 148.2);
    }

    [Fact] // standard errors at 200,000: mean 0.0022, variance 0.0032, skewness 0.0055, excess kurtosis 0.011, covariance 0.0022
    public void Normal_numbers_have_the_moments_of_the_normal_distribution()
    {
        float[] z = new float[200_000];
        new Philox(42, 1).FillNormal(z);
        Assert.InRange(z.Average(), -0.009, 0.009);
        Assert.InRange(z.Average(v => (double)v * v), 0.987, 1.013);
        Assert.InRange(z.Average(v => Math.Pow(v, 3)), -0.04, 0.04);
        Assert.InRange(z.Average(v => Math.Pow(v, 4)), 2.9, 3.1);
        Assert.InRange(Enumerable.Range(0, z.Length - 1).Average(i => (double)z[i] * z[i + 1]), -0.009, 0.009);
        Assert.InRange(z.Count(v => Math.Abs(v) < 1.959964) / 200_000.0, 0.948, 0.952);
    }

    [Fact]
    public void Streams_and_seeds_differ()
    {
        uint[] a = new uint[8], b = new uint[8], c = new uint[8];
        new Philox(1, 1).FillUInt32(a);
        new Philox(1, 2).FillUInt32(b);
        new Philox(2, 1).FillUInt32(c);
        Assert.Empty(a.Intersect(b).Union(a.Intersect(c)));
    }

    [Fact]
    public void A_permutation_holds_each_number_once_and_follows_from_the_seed()
    {
        int[] order = new Philox(7, 0).Permutation(1000);
        Assert.Equal(Enumerable.Range(0, 1000), order.Order());
        Assert.NotEqual(Enumerable.Range(0, 1000), order);
        Assert.Equal(order, new Philox(7, 0).Permutation(1000));
        Assert.NotEqual(order, new Philox(7, 1).Permutation(1000));
        Assert.Empty(new Philox(7, 0).Permutation(0));
    }

    [Fact] // 24 orders, 1,000 expected each; chi-square with 23 degrees of freedom: 0.001 and 0.999 quantiles 7.5 and 49.7
    public void Each_order_comes_as_often()
    {
        Dictionary<string, int> counts = [];
        for (ulong stream = 0; stream < 24_000; stream++)
        {
            string order = string.Join("", new Philox(11, stream).Permutation(4));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(24, counts.Count);
        Assert.InRange(counts.Values.Sum(n => Math.Pow(n - 1000, 2) / 1000), 7.5, 49.7);
    }

    [Fact] // 3 · 2³⁰ leaves a quarter of all words over: plain scaling would give every third number twice as often
    public void A_number_below_a_bound_is_unbiased_where_the_bound_divides_badly()
    {
        const uint bound = 3u << 30;
        ulong position = 0;
        int[] thirds = new int[3];
        for (int i = 0; i < 30_000; i++) thirds[new Philox(5, 5).Below(bound, ref position) % 3]++;
        Assert.InRange((double)position / 30_000, 1.32, 1.35); // a quarter of the words is thrown away
        Assert.All(thirds, n => Assert.InRange(n, 9700, 10_300));
    }
}
