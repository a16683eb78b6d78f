using CsCheck;
using Headroom.Devices.Catalogue;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Search;
using Headroom.Planning.Tests.Training;
using Headroom.Planning.Training;

namespace Headroom.Planning.Tests.Search;

public sealed class TrainingSearchTests
{
    private static SearchDevice Device(TrainingJob job, string name, int most, double? price = 2) => new(AcceleratorCatalogue.Default.Find(name), most, price,
        new TrainingEstimator(job, AcceleratorCatalogue.Default.Find(name), TrainingEstimatorTests.Rates, TrainingEstimatorTests.Stack, MemoryOverhead.Cuda), (compute, memory) => 100 + (400 * compute) + (200 * memory));

    private static SearchRequest Request(TrainingJob job, long batch, params SearchDevice[] devices) => new() { Job = job, Tokens = 1e9, Batch = batch, Devices = devices };

    private static readonly Gen<SearchRequest> Small =
        from layers in Gen.OneOf(4, 6)
        from hidden in Gen.OneOf(512, 2048)
        from batch in Gen.OneOf(8L, 24L)
        from most in Gen.OneOf(4, 16)
        from goal in Gen.Enum<PlanGoal>()
        from dollars in Gen.OneOf<double?>(null, 10, 60)
        from gigabytes in Gen.OneOf<double?>(null, 2, 6)
        from adapter in Gen.OneOf<double?>(null, 1e6)
        let job = new TrainingJob { Shape = TrainingEstimatorTests.Llama(layers, hidden, 8, 4, 4 * hidden, 32000), Sequence = 1024, AdapterParameters = adapter }
        select Request(job, batch, Device(job, "a100-80gb", most), Device(job, "h100", most, 4)) with { Goal = goal, Limits = new PlanLimits(dollars, null, gigabytes is double g ? new Bytes((long)(g * 1e9)) : null) };

    [Fact]
    public void Bounds_lose_nothing_that_full_enumeration_finds() => Small.Sample(request =>
    {
        SearchResult pruned = new TrainingSearch(request).Run(), full = new TrainingSearch(request, bounds: false).Run();
        Assert.Equal(0, full.Pruned);
        Assert.Equal(full.Weighed, pruned.Weighed + pruned.Pruned);
        var search = new TrainingSearch(request);
        Assert.Equal(full.Best is null, pruned.Best is null);
        if (full.Best is null) return;
        Assert.Equal(search.Aim(full.Best), search.Aim(pruned.Best!));
        static (double, double?, double?, double)[] Costs(SearchResult r) => [.. r.Front.Select(p => (p.Seconds, p.Dollars, p.Joules, p.Memory.Total)).Distinct().Order()];
        Assert.Equal(Costs(full), Costs(pruned));
    }, iter: 40);

    [Fact]
    public void Every_plan_found_fits_and_keeps_to_the_limits() => Small.Sample(request =>
    {
        var search = new TrainingSearch(request);
        foreach (TrainingPlan plan in search.Run().Front)
        {
            Assert.Null(search.Breach(plan));
            Assert.Equal(request.Batch, plan.Layout.Batch);
            Assert.True(plan.Count <= plan.Device.Most);
        }
    }, iter: 20);

    [Fact]
    public void The_fastest_of_a_large_model_is_found_among_millions()
    {
        var job = new TrainingJob { Shape = TrainingEstimatorTests.Llama(80, 8192, 64, 8, 28672), Sequence = 4096 };
        SearchResult found = new TrainingSearch(Request(job, 1024, Device(job, "h100", 512), Device(job, "a100-80gb", 512))).Run();
        Assert.NotNull(found.Best);
        Assert.True(found.Weighed + found.Pruned > 100_000);
        Assert.True(found.Pruned > 0);
        Assert.Equal(512, found.Best.Count);
        Assert.NotEmpty(Neighbour.Of(new TrainingSearch(found.Best.Request), found.Best));
        Assert.DoesNotContain(Neighbour.Of(new TrainingSearch(found.Best.Request), found.Best), n => n.Reason.Contains("yet not chosen", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_nothing_fits_the_nearest_is_told()
    {
        var job = new TrainingJob { Shape = TrainingEstimatorTests.Llama(80, 8192, 64, 8, 28672), Sequence = 4096 };
        SearchResult found = new TrainingSearch(Request(job, 4, Device(job, "a100-80gb", 2))).Run();
        Assert.Null(found.Best);
        Assert.NotNull(found.Smallest);
        Assert.True(found.Smallest.Memory.Total > 80e9);
    }

    [Theory]
    [InlineData(7, "8 heads can't be shared evenly by 7")]
    [InlineData(8, null)]
    public void Heads_are_shared_evenly_or_not_at_all(int tensor, string? problem)
    {
        string? found = LayoutRules.TensorProblem(TrainingEstimatorTests.Llama(4, 512, 8, 4, 2048), tensor);
        if (problem is null) Assert.Null(found);
        else Assert.StartsWith(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Divisors_are_all_and_in_order() => Gen.Long[1, 5000].Sample(n => Assert.Equal(Enumerable.Range(1, (int)n).Where(d => n % d == 0), LayoutRules.Divisors(n)));
}
