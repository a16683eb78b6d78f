using System.Text.Json;
using Headroom.Statistics.Drift;

namespace Headroom.Conformance.Tests.Evidence;

/// <summary>Drift beside scipy and evidently.</summary>
internal static class DriftChecks
{
    [VectorsOf("drift", "ks_2samp")]
    public static void Smirnov(Vector v)
    {
        (double[] a, double[] b) = Samples(v);
        double statistic = KolmogorovSmirnov.Statistic(a, b);
        v.Same("statistic", statistic);
        v.Same("p_exact", KolmogorovSmirnov.ExactP(statistic, a.Length, b.Length));
        v.Same("p_asymp", KolmogorovSmirnov.AsymptoticP(statistic, a.Length, b.Length));
    }

    [VectorsOf("drift", "distances_numeric")]
    public static void Numbers(Vector v)
    {
        (double[] a, double[] b) = Samples(v);
        double wasserstein = SampleDistances.Wasserstein(a, b), mean = a.Average();
        v.Same("wasserstein1", wasserstein);
        v.Same("energy_distance", SampleDistances.Energy(a, b));
        // As the note says: over the reference's own deviation.
        v.Same("evidently_wasserstein_norm", wasserstein / Math.Max(0.001, Math.Sqrt(a.Average(x => (x - mean) * (x - mean)))));
        v.Same("cramer_von_mises_stat", LocationTests.CramerVonMises(a, b).Statistic);
        v.Same("cramer_von_mises_p_asymp", LocationTests.CramerVonMises(a, b).P);
        v.Same("mannwhitney_u", LocationTests.MannWhitney(a, b).U);
        v.Same("mannwhitney_p", LocationTests.MannWhitney(a, b).P);
        v.Same("welch_t", LocationTests.Welch(a, b).T);
        v.Same("welch_p", LocationTests.Welch(a, b).P);
        // evidently takes numbers of few values for categories.
        double[] values = [.. a.Concat(b).Distinct()];
        (double[] binnedA, double[] binnedB) = a.Distinct().Count() > 20 ? PooledBins.Count(a, b) : ([.. values.Select(x => (double)a.Count(y => y == x))], [.. values.Select(x => (double)b.Count(y => y == x))]);
        v.Same("evidently_psi", CategoryDistances.PopulationStability(binnedA, binnedB));
        v.Same("evidently_js_distance", CategoryDistances.JensenShannon(binnedA, binnedB));
    }

    [VectorsOf("drift", "psi")]
    public static void Stability(Vector v)
    {
        (double[] a, double[] b) = Samples(v);
        QuantileBins bins = QuantileBins.Of(a, 10);
        v.Same("edges_inner", Vector.Doubles(v.Look("edges_inner")), bins.Inner);
        v.Same("psi", CategoryDistances.PopulationStability(bins.Count(a), bins.Count(b)));
    }

    [VectorsOf("drift", "distances_categorical")]
    public static void Categories(Vector v)
    {
        (double[] a, double[] b) = Counts(v);
        v.Same("tvd", CategoryDistances.TotalVariation(a, b));
        v.Same("hellinger", CategoryDistances.Hellinger(a, b));
        v.Same("evidently_hellinger_distance", CategoryDistances.Hellinger(a, b));
        v.Same("js_distance_base_e", CategoryDistances.JensenShannon(a, b));
        v.Same("evidently_jensenshannon", CategoryDistances.JensenShannon(a, b));
        v.Same("js_distance_base_2", CategoryDistances.JensenShannon(a, b, 2));
        v.Same("evidently_psi", CategoryDistances.PopulationStability(a, b));
        v.Same("evidently_chisquare_stattest", CategoryTests.ReferenceAsExactP(a, b));
        v.Same("evidently_kl_div", CategoryDistances.KullbackLeibler(Filled(a), Filled(b)));
        if (!v.Expected.TryGetProperty("chi2_contingency", out _)) return;
        (double statistic, int freedom, double p) = CategoryTests.ChiSquare(a, b);
        JsonElement expected = v.Look("chi2_contingency");
        v.Near("chi2", expected.GetProperty("statistic").GetDouble(), statistic);
        v.Near("dof", expected.GetProperty("dof").GetDouble(), freedom);
        v.Near("p", expected.GetProperty("p").GetDouble(), p);

        // evidently fills shares of none with a small one, and doesn't make them sum to one again.
        static double[] Filled(double[] counts) => [.. counts.Select(c => c == 0 ? 1e-4 * counts.Sum() : c)];
    }

    [VectorsOf("drift", "g_test")]
    public static void LikelihoodRatio(Vector v)
    {
        (double[] a, double[] b) = Counts(v);
        // evidently takes the reference for exact here too.
        v.Same("p", CategoryTests.ReferenceAsExactP(a, b, likelihood: true));
    }

    [VectorsOf("drift", "fisher_exact_2x2")]
    public static void Fisher(Vector v)
    {
        (double[] a, double[] b) = Counts(v);
        v.Same("p", CategoryTests.FisherExact(((int)a[0], (int)a[1]), ((int)b[0], (int)b[1])));
    }

    [VectorsOf("drift", "anderson_darling_ksamp")]
    public static void Anderson(Vector v)
    {
        (double[] a, double[] b) = Samples(v);
        v.Same("p", AndersonDarling.Test(a, b).P);
    }

    private static (double[] A, double[] B) Samples(Vector v) => (Vector.Doubles(v.Input.GetProperty("reference")), Vector.Doubles(v.Input.GetProperty("current")));

    private static (double[] A, double[] B) Counts(Vector v)
    {
        JsonElement a = v.Input.GetProperty("reference_counts"), b = v.Input.GetProperty("current_counts");
        string[] names = [.. a.EnumerateObject().Concat(b.EnumerateObject()).Select(p => p.Name).Distinct().Order(StringComparer.Ordinal)];
        double[] Of(JsonElement counts) => [.. names.Select(n => counts.TryGetProperty(n, out JsonElement c) ? c.GetDouble() : 0)];
        return (Of(a), Of(b));
    }
}
