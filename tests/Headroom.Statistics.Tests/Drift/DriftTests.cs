using CsCheck;
using Headroom.Statistics.Drift;

namespace Headroom.Statistics.Tests.Drift;

public sealed class DriftTests
{
    private static readonly Gen<double[]> Samples = Gen.Int[-20, 20].Select(x => x / 4.0).Array[2, 30];

    [Fact] // against distributions counted at every value
    public void Distances_are_those_of_the_empirical_distributions() => Gen.Select(Samples, Samples).Sample((a, b) =>
    {
        double[] all = [.. a.Concat(b).Distinct().Order()];
        double F(double[] s, double x) => s.Count(v => v <= x) / (double)s.Length;
        Assert.Equal(all.Max(x => Math.Abs(F(a, x) - F(b, x))), KolmogorovSmirnov.Statistic(a, b), 1e-12);
        Assert.Equal(all.Zip(all.Skip(1)).Sum(g => (g.Second - g.First) * Math.Abs(F(a, g.First) - F(b, g.First))), SampleDistances.Wasserstein(a, b), 1e-9);
        Assert.Equal(SampleDistances.Energy(a, b), SampleDistances.Energy(b, a), 1e-9);
        Assert.Equal(0, SampleDistances.Wasserstein(a, a), 1e-12);
    }, iter: 2000);

    [Fact]
    public void A_shift_is_as_far_as_it_is_wide() => Gen.Select(Samples, Gen.Double[-5, 5]).Sample((a, by) => Assert.Equal(Math.Abs(by), SampleDistances.Wasserstein(a, [.. a.Select(x => x + by)]), 1e-9), iter: 500);

    [Fact] // against every way in which two small samples can be shuffled
    public void The_exact_p_counts_all_orders() => (from m in Gen.Int[1, 5]
        from n in Gen.Int[1, 5]
        from ones in Gen.Int[1, 4]
        select (m, n, ones)).Sample(c =>
    {
        double bound = Math.Min(1, c.ones / (double)Math.Max(c.m, c.n));
        int reached = 0, all = 0;
        for (int mask = 0; mask < 1 << (c.m + c.n); mask++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)mask) != c.m) continue;
            all++;
            double[] a = [.. Enumerable.Range(0, c.m + c.n).Where(i => (mask >> i & 1) == 1).Select(i => (double)i)], b = [.. Enumerable.Range(0, c.m + c.n).Where(i => (mask >> i & 1) == 0).Select(i => (double)i)];
            if (KolmogorovSmirnov.Statistic(a, b) >= bound - 1e-12) reached++;
        }
        // The bound is one that these sizes can reach, or the next below it.
        double unit = Math.Round(bound * c.m * c.n) / (c.m * c.n);
        if (Math.Abs(unit - bound) < 1e-12) Assert.Equal(reached / (double)all, KolmogorovSmirnov.ExactP(bound, c.m, c.n), 1e-12);
    }, iter: 300);

    [Fact]
    public void P_falls_as_distances_grow() => Gen.Select(Gen.Int[5, 200], Gen.Int[5, 200]).Sample((m, n) =>
    {
        double last = 1;
        for (double d = 0.05; d <= 1; d += 0.05)
        {
            double p = KolmogorovSmirnov.AsymptoticP(d, m, n);
            Assert.InRange(p, 0, last + 1e-12);
            last = p;
        }
    }, iter: 100);

    [Fact] // Fisher's tea: four cups of eight, three of each right (The Design of Experiments, 1935)
    public void Fisher_s_lady() => Assert.Equal(34 / 70.0, CategoryTests.FisherExact((3, 1), (1, 3)), 1e-12);

    [Fact]
    public void Tables_that_are_alike_lie_at_no_distance() => Gen.Double[1, 50].Array[2, 8].Sample(counts =>
    {
        double[] twice = [.. counts.Select(c => 2 * c)];
        Assert.Equal(0, CategoryDistances.TotalVariation(counts, twice), 1e-12);
        Assert.Equal(0, CategoryDistances.Hellinger(counts, twice), 1e-7);
        Assert.Equal(0, CategoryDistances.JensenShannon(counts, twice), 1e-6);
        Assert.Equal(0, CategoryDistances.PopulationStability(counts, twice), 1e-12);
        Assert.Equal(1, CategoryTests.ChiSquare(counts, twice).P, 0.05);
    }, iter: 500);

    [Fact]
    public void Bins_hold_every_value_once() => Gen.Select(Samples, Samples, Gen.Int[1, 12]).Sample((a, b, bins) =>
    {
        QuantileBins edges = QuantileBins.Of(a, bins);
        Assert.Equal(a.Length, edges.Count(a).Sum());
        Assert.Equal(b.Length, edges.Count(b).Sum());
        (double[] first, double[] second) = PooledBins.Count(a, b);
        Assert.Equal(a.Length, first.Sum());
        Assert.Equal(b.Length, second.Sum());
    }, iter: 500);
}
