using Headroom.Cli.Devices;
using Headroom.Devices.Catalogue;
using Headroom.Evidence;

namespace Headroom.Cli.Tests.Devices;

public sealed class CatalogueViewTests
{
    private static IReadOnlyList<Accelerator> All => AcceleratorCatalogue.Default.All;

    [Fact]
    public void No_line_is_wider_than_a_terminal()
    {
        string[] lines = [.. CatalogueTable.Lines(All)];
        Assert.Equal(All.Count + 2, lines.Length);
        Assert.All(lines, l => Assert.InRange(l.Length, 1, 120));
    }

    [Fact]
    public void What_no_source_gives_is_a_dash()
    {
        string line = CatalogueTable.Lines([AcceleratorCatalogue.Default.Find("groq")]).Last();
        Assert.Equal(11, line.Split(' ').Count(c => c == "-"));
        Assert.DoesNotContain("0", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hopper", 7)]
    [InlineData("HOPPER pcie", 1)]
    [InlineData("tpu", 8)]
    public void A_filter_leaves_devices_that_hold_all_its_words(string filter, int least)
    {
        IReadOnlyList<Accelerator> chosen = CatalogueSorting.Chosen(AcceleratorCatalogue.Default, filter, null);
        Assert.InRange(chosen.Count, least, All.Count / 3);
        Assert.All(chosen, a => Assert.Contains(filter.Split(' ')[0], a.Name + a.Kind + a.Family + a.Generation, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_name_that_only_the_search_understands_is_a_filter_too() => Assert.Equal("NVIDIA A100 SXM4 80GB", CatalogueSorting.Chosen(AcceleratorCatalogue.Default, "8xA100_80GB_SXM4", null).Single().Name);

    [Fact]
    public void Each_order_has_the_best_first_and_the_unknown_last()
    {
        Assert.All(CatalogueSorting.Keys, k => Assert.Equal(All.Count, CatalogueSorting.Chosen(AcceleratorCatalogue.Default, "", k).Count));
        IReadOnlyList<Accelerator> byCost = CatalogueSorting.Chosen(AcceleratorCatalogue.Default, "", "pflop"), byMemory = CatalogueSorting.Chosen(AcceleratorCatalogue.Default, "", "memory");
        double?[] costs = [.. byCost.Select(a => a.UsdPerPetaflopHour)];
        Assert.Equal(costs.Where(c => c is not null).Order(), costs.TakeWhile(c => c is not null));
        Assert.Null(costs[^1]);
        Assert.Equal(byMemory.Max(a => a.Memory), byMemory[0].Memory);
    }

    [Fact]
    public void An_order_that_is_unknown_names_the_nearest()
    {
        var error = Assert.Throws<InputException>(() => CatalogueSorting.Chosen(AcceleratorCatalogue.Default, "", "pflops"));
        Assert.Contains("Did you mean 'pflop'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("bandwidth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_leaves_nothing_names_real_devices() => Assert.Contains("H100", Assert.Throws<InputException>(() => CatalogueSorting.Chosen(AcceleratorCatalogue.Default, "h1000", null)).Message, StringComparison.Ordinal);
}
