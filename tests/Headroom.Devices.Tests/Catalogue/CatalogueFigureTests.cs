using Headroom.Devices.Catalogue;

namespace Headroom.Devices.Tests.Catalogue;

/// <summary>What holds of every figure that Headroom brings.</summary>
public sealed class CatalogueFigureTests
{
    private static IReadOnlyList<Accelerator> All => AcceleratorCatalogue.Default.All;

    [Fact]
    public void The_catalogue_spans_all_sorts_and_makers()
    {
        Assert.True(All.Count >= 150);
        Assert.All(Enum.GetValues<AcceleratorKind>(), kind => Assert.Contains(All, a => a.Kind == kind));
        Assert.All(["NVIDIA", "AMD", "Intel", "Google", "AWS", "Apple", "Hailo", "Huawei"], maker => Assert.Contains(All, a => a.Maker == maker));
    }

    [Fact]
    public void Every_figure_has_a_source()
    {
        List<string> faults = [];
        foreach (Accelerator a in All)
        {
            void Needs(bool given, params string[] keys)
            {
                if (given && !keys.Any(k => a.Sources.TryGetValue(k, out IReadOnlyList<string>? s) && s.Count > 0 && s.All(t => t.Contains("://", StringComparison.Ordinal)))) faults.Add($"{a.Name}: {keys[0]}");
            }
            foreach (string type in a.Peaks.Keys) Needs(true, "peaks." + type, "peaks");
            Needs(a.Memory is not null, "memory");
            Needs(a.Bandwidth is not null, "bandwidth");
            Needs(a.Link is not null, "link");
            Needs(a.Network is not null, "network");
            Needs(a.NodeSize is not null, "nodeSize");
            Needs(a.Watts is not null, "watts");
            Needs(a.Year is not null, "year");
            foreach (AcceleratorPrice price in a.Prices.Where(p => !p.Source.Contains("://", StringComparison.Ordinal) || p.Basis.Length == 0)) faults.Add($"{a.Name}: price of {price.Provider}");
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void No_source_is_named_for_a_figure_that_is_missing() => Assert.Empty(All.SelectMany(a => a.Sources.Keys.Where(k => k switch
    {
        "peaks" => a.Peaks.Count == 0,
        "memory" => a.Memory is null,
        "bandwidth" => a.Bandwidth is null,
        "link" => a.Link is null,
        "network" => a.Network is null,
        "nodeSize" => a.NodeSize is null,
        "watts" => a.Watts is null,
        "year" => a.Year is null,
        _ => a.Peak(k["peaks.".Length..]) is null,
    }).Select(k => $"{a.Name}: {k}")));

    [Theory] // The dense figures of the makers' data sheets; those with sparsity are twice as large.
    [InlineData("a100", "bf16", 312e12)]
    [InlineData("h100", "bf16", 989e12)]
    [InlineData("h100", "fp8", 1979e12)]
    [InlineData("h100-pcie", "bf16", 756e12)]
    [InlineData("h200", "bf16", 989e12)]
    [InlineData("l40s", "bf16", 362e12)]
    [InlineData("l4", "bf16", 121e12)]
    [InlineData("b200", "bf16", 2250e12)]
    [InlineData("gb200", "bf16", 2500e12)]
    [InlineData("v100", "fp16", 125e12)]
    [InlineData("rtx 4090", "bf16", 165.2e12)]
    [InlineData("rtx 3090", "bf16", 71.2e12)]
    [InlineData("a6000", "bf16", 154.8e12)]
    [InlineData("mi300x", "bf16", 1300e12)]
    [InlineData("mi250x", "fp16", 383e12)]
    [InlineData("gaudi2", "bf16", 432e12)]
    [InlineData("tpu-v5e", "bf16", 197e12)]
    [InlineData("tpu-v5p", "bf16", 459e12)]
    [InlineData("trn2", "bf16", 667e12)]
    public void Peaks_are_the_dense_ones(string name, string type, double expected) => Assert.Equal(expected, AcceleratorCatalogue.Default.Find(name).Peak(type)!.Value, expected * 0.01);

    [Fact] // A figure with sparsity would stand out: within one device a narrower type is at most four times as fast as the next wider one.
    public void No_peak_is_out_of_step_with_its_neighbours()
    {
        string[][] chains = [["fp32", "tf32", "bf16", "fp8", "fp4"], ["fp16", "int8"]];
        List<string> faults = [];
        foreach (Accelerator a in All)
        {
            if (a.Peak("fp16") is double half && a.Peak("bf16") is double bf16 && Math.Max(half, bf16) / Math.Min(half, bf16) > 4) faults.Add($"{a.Name}: fp16 and bf16");
            foreach (string[] chain in chains)
            {
                (string Type, double Rate)[] given = [.. chain.Where(t => a.Peak(t) is not null).Select(t => (t, a.Peak(t)!.Value))];
                for (int i = 1; i < given.Length; i++)
                {
                    // Matrix units beside plain ones: up to 32 times.
                    double most = given[i - 1].Type == "fp32" ? 32 : Math.Pow(4.5, Array.IndexOf(chain, given[i].Type) - Array.IndexOf(chain, given[i - 1].Type));
                    if ((given[i].Type != "int8" && given[i].Rate < given[i - 1].Rate * 0.99) || given[i].Rate > given[i - 1].Rate * most) faults.Add($"{a.Name}: {given[i - 1].Type} {given[i - 1].Rate:g4}, {given[i].Type} {given[i].Rate:g4}");
                }
            }
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Links_count_one_direction()
    {
        Assert.Equal(300e9, AcceleratorCatalogue.Default.Find("a100").Link);
        Assert.Equal(450e9, AcceleratorCatalogue.Default.Find("h100").Link);
        Assert.Equal(900e9, AcceleratorCatalogue.Default.Find("b200").Link);
        Assert.Equal(200e9, AcceleratorCatalogue.Default.Find("tpu-v5e").Link);
    }

    [Fact]
    public void Figures_lie_where_figures_can_lie() => Assert.All(All, a =>
    {
        Assert.All(a.Peaks.Values, p => Assert.InRange(p, 1e11, 1e17));
        if (a.Memory is { } memory) Assert.InRange(memory.Value / 1e9, 1, 500);
        if (a.Bandwidth is double bandwidth) Assert.InRange(bandwidth, 1e10, 3e16);
        if (a.Link is double link) Assert.InRange(link, 1e9, 3e12);
        if (a.Network is double network) Assert.InRange(network, 1e9, 2e11);
        if (a.Watts is { } watts) Assert.InRange(watts.Value, 0.5, 2500);
        if (a.Year is int year) Assert.InRange(year, 2015, 2027);
        Assert.All(a.Prices, p => Assert.InRange(p.UsdPerHour, 0.05, 50));
    });

    [Fact]
    public void Devices_that_share_efficiencies_share_a_family()
    {
        foreach (string[] family in (string[][])[["h100", "h200", "h800", "h20", "gh200"], ["b200", "gb200", "b300", "gb300"], ["a100", "a800", "a100-40gb"], ["mi300x", "mi325x"], ["tpu-v5e", "tpu-v5p"]])
        {
            Assert.Single(family.Select(n => AcceleratorCatalogue.Default.Find(n).Family).Distinct());
        }
    }

    [Fact]
    public void Cost_per_petaflop_hour_is_the_lowest_price_over_the_half_precision_peak()
    {
        Accelerator h100 = AcceleratorCatalogue.Default.Find("h100");
        Assert.Equal(h100.Prices.Where(p => !p.Spot).Min(p => p.UsdPerHour) / 0.989, h100.UsdPerPetaflopHour!.Value, 1e-9);
        Assert.Null(AcceleratorCatalogue.Default.Find("groq").UsdPerPetaflopHour);
    }
}
