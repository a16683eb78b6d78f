using System.Text.Json;
using Headroom.Conformance.Tests.Evidence;
using Headroom.Statistics.Drift;

namespace Headroom.Conformance.Tests;

/// <summary>Drift vectors of scipy, numpy and evidently, by the conventions that their file states.</summary>
internal sealed class ServingDriftArea : AreaSource
{
    protected override IEnumerable<IArea> Find(string folder)
    {
        string file = Path.Combine(folder, "serving", "drift_vectors.json");
        return File.Exists(file) ? [new Area(file)] : [];
    }

    private sealed class Area(string file) : IArea
    {
        private const int FewValues = 20, Deciles = 10;

        public string Name => "drift";

        public IEnumerable<Outcome> Run(Func<string, bool> wanted)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonElement v in document.RootElement.GetProperty("vectors").EnumerateArray())
            {
                string name = v.GetProperty("name").GetString()!;
                if (!wanted(name)) continue;
                string? fault = null;
                try
                {
                    JsonElement expected = v.GetProperty("expect");
                    switch (v.GetProperty("kind").GetString())
                    {
                        case "numeric": Numbers(v, expected); break;
                        case "categorical": Categories(v, expected); break;
                        default: Kernel(v, expected); break;
                    }
                }
                catch (Exception e)
                {
                    fault = e.Message.ReplaceLineEndings(" ");
                }
                yield return new Outcome(name, fault is null ? Fate.Passed : Fate.Failed, fault ?? "");
            }
        }

        private static void Numbers(JsonElement v, JsonElement e)
        {
            double[] a = Vector.Doubles(v.GetProperty("reference")), b = Vector.Doubles(v.GetProperty("current"));
            QuantileBins bins = QuantileBins.Of(a, Deciles);
            double[] edges = Vector.Doubles(e.GetProperty("quantile_edges"));
            All("quantile_edges", edges.Length < 3 ? [] : edges[1..^1], bins.Inner);
            (double[] left, double[] right) = (bins.Count(a), bins.Count(b));
            All("ref_counts", Vector.Doubles(e.GetProperty("ref_counts")), left);
            All("cur_counts", Vector.Doubles(e.GetProperty("cur_counts")), right);
            Close(e, "psi_quantile10", CategoryDistances.PopulationStability(left, right));
            double[] values = [.. a.Concat(b).Distinct()];
            (double[] x, double[] y) = a.Distinct().Count() > FewValues ? PooledBins.Count(a, b) : ([.. values.Select(k => (double)a.Count(z => z == k))], [.. values.Select(k => (double)b.Count(z => z == k))]);
            Close(e, "psi_evidently", CategoryDistances.PopulationStability(x, y));
            Close(e, "js_distance_base_e", CategoryDistances.JensenShannon(left, right), 1e-7);
            Close(e, "js_distance_base_2", CategoryDistances.JensenShannon(left, right, 2), 1e-7);
            double wasserstein = SampleDistances.Wasserstein(a, b), mean = a.Average(), deviation = Math.Sqrt(a.Average(z => (z - mean) * (z - mean)));
            Close(e, "wasserstein_1", wasserstein);
            Close(e, "wasserstein_normed", wasserstein / Math.Max(deviation, 1e-3));
            double statistic = KolmogorovSmirnov.Statistic(a, b);
            Close(e, "ks_statistic", statistic);
            Close(e, "ks_pvalue_exact", KolmogorovSmirnov.ExactP(statistic, a.Length, b.Length), relative: 1e-4);
            Close(e, "ks_pvalue_asymp", KolmogorovSmirnov.AsymptoticP(statistic, a.Length, b.Length), relative: 1e-6);
            Close(e, "mean_ref", mean);
            Close(e, "mean_cur", b.Average());
            Close(e, "std_ref_pop", deviation);
        }

        private static void Categories(JsonElement v, JsonElement e)
        {
            double[] a = Vector.Doubles(v.GetProperty("reference_counts")), b = Vector.Doubles(v.GetProperty("current_counts"));
            Close(e, "psi", CategoryDistances.PopulationStability(a, b));
            Close(e, "js_distance_base_e", CategoryDistances.JensenShannon(a, b), 1e-7);
            Close(e, "js_distance_base_2", CategoryDistances.JensenShannon(a, b, 2), 1e-7);
            Close(e, "total_variation", CategoryDistances.TotalVariation(a, b));
            Close(e, "linf", a.Zip(b).Max(p => Math.Abs((p.First / a.Sum()) - (p.Second / b.Sum()))));
            Close(e, "hellinger", CategoryDistances.Hellinger(a, b), 1e-7);
            (double statistic, int freedom, double p) = CategoryTests.ChiSquare(a, b, yates: false);
            if (e.TryGetProperty("chi2_contingency", out JsonElement table) && table.ValueKind == JsonValueKind.Object)
            {
                Close(table, "statistic", statistic);
                Close(table, "dof", freedom);
                Close(table, "pvalue", p, relative: 1e-6);
            }
            if (e.TryGetProperty("chi2_one_sample", out JsonElement one) && one.ValueKind == JsonValueKind.Object) Close(one, "pvalue", CategoryTests.ReferenceAsExactP(a, b), relative: 1e-6);
        }

        private static void Kernel(JsonElement v, JsonElement e)
        {
            double[][] x = Vector.Rows(v.GetProperty("x")), y = Vector.Rows(v.GetProperty("y"));
            void Same(JsonElement expected, double width)
            {
                var got = MaximumMeanDiscrepancy.Of(x, y, width);
                Close(expected, "mmd2_unbiased", got.Unbiased);
                Close(expected, "mmd2_biased", got.Biased);
            }
            Same(e, v.GetProperty("sigma").GetDouble());
            double median = MaximumMeanDiscrepancy.MedianWidth(x, y);
            Close(e, "sigma_median", median);
            Same(e.GetProperty("at_median"), median);
        }

        private static void All(string key, double[] expected, IReadOnlyList<double> got)
        {
            if (expected.Length != got.Count) throw new InvalidOperationException($"{key} has {got.Count} values, {expected.Length} are expected");
            for (int i = 0; i < expected.Length; i++) Near(key, expected[i], got[i], 1e-12, 1e-9);
        }

        private static void Close(JsonElement expected, string key, double got, double absolute = 1e-12, double relative = 1e-9)
        {
            if (expected.TryGetProperty(key, out JsonElement number) && number.ValueKind == JsonValueKind.Number) Near(key, number.GetDouble(), got, absolute, relative);
        }

        private static void Near(string key, double expected, double got, double absolute, double relative)
        {
            if (!(Math.Abs(got - expected) <= absolute + (relative * Math.Abs(expected)))) throw new InvalidOperationException(FormattableString.Invariant($"{key} is {got}, {expected} is expected"));
        }
    }
}
