using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Planning.Budgets;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Planning.Tests;

public sealed class BudgetTests
{
    private static readonly Model Decoder = Objectives.NextToken(Transformer.Decoder(new TransformerOptions { Vocabulary = 512, Length = 64, Width = 128, Layers = 4, Heads = 4 }), 64, 512);

    private static IReadOnlyList<TypedGraph> Graphs(Levers l)
    {
        TrainingStep step = TrainingStep.Build(Decoder, new Dictionary<string, long> { ["batch"] = 16 / l.MicroBatches }, new TrainingStepOptions(new AdamWRule()) { Compute = l.Compute, MicroBatches = l.MicroBatches, Recompute = l.Recompute });
        return [.. new[] { step.Batch, step.Update }.OfType<TypedGraph>()];
    }

    /// <summary>No probe: a megabyte of overhead, and times by arithmetic.</summary>
    private static Overhead Measured => new(1 << 20, new Dictionary<string, long>()) { Times = new NodeTimes(new Dictionary<string, double>(), new Dictionary<string, double> { [""] = 1 }) };

    private static IReadOnlyList<Candidate> All { get; } = new BudgetSearch(Graphs, _ => Measured).Candidates([new(ElementType.Float32, 1), new(ElementType.BFloat16, 1)], [1, 2, 4]);

    private static Bytes Largest => All.Max(c => c.Working);

    [Fact]
    public void The_fastest_that_fits_is_taken_and_a_smaller_budget_never_gives_a_faster_plan()
    {
        Candidate? before = null;
        for (int percent = 130; percent >= 30; percent -= 4)
        {
            var choice = new BudgetChoice(All, new Bytes(Largest.Value * percent / 100));
            if (!All.Any(choice.Fits)) continue;
            Candidate c = choice.Pick();
            Assert.True(c.Working + BudgetChoice.Margin(c.Working) <= choice.Memory);
            Assert.DoesNotContain(All, other => choice.Fits(other) && other.Step < c.Step);
            if (before is not null) Assert.True(c.Step >= before.Step);
            before = c;
        }
        Assert.NotNull(before);
    }

    [Fact]
    public void What_a_candidate_says_is_what_its_graphs_take()
    {
        foreach (Candidate c in BudgetSearch.Frontier(All))
            Assert.Equal(RunMemory.GraphBytes([.. Graphs(c.Levers).Select(Session.Plan)]), c.Graph.Value);
    }

    [Fact]
    public void What_can_t_fit_says_what_would()
    {
        InputException e = Assert.Throws<InputException>(() => new BudgetChoice(All, Bytes.Mebi(2)).Pick());
        Candidate smallest = BudgetSearch.Frontier(All)[^1];
        Assert.Contains("no plan fits into 2.00 MiB", e.Message, StringComparison.Ordinal);
        Assert.Contains($"Smallest plan: {smallest.Working + BudgetChoice.Margin(smallest.Working)}, at ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_lever_is_explained_with_its_figures()
    {
        Candidate smallest = BudgetSearch.Frontier(All)[^1];
        var choice = new BudgetChoice(All, smallest.Working + BudgetChoice.Margin(smallest.Working));
        IReadOnlyList<PlanChoice> why = choice.Explain(choice.Pick());
        Assert.Equal(["precision", "micro-batches", "recompute"], why.Select(w => w.Lever));
        Assert.All(why, w => Assert.Matches(@"\d", w.Why));
        Assert.Contains(choice.Alternatives(), a => !a.Fits);
    }

    [Fact]
    public void Frozen_weights_are_packed_where_they_do_not_fit_as_they_are()
    {
        Model model = Objectives.NextToken(Llama.Decoder(new LlamaOptions { Vocabulary = 64, Length = 16, Width = 256, Layers = 2, Heads = 4, Hidden = 512, TiedHead = true }), 16, 64);
        model = model with { States = [.. model.States.Select(s => s with { Initializer = new Initializer.Stored(s.Type, () => TensorData.Fill(s.Type.Element, s.Type.Shape, 0.1)) })] };
        IReadOnlyList<TypedGraph> Adapted(Levers l)
        {
            TrainingStep step = TrainingStep.Build(LowRank.Apply(model, new LowRankOptions { Targets = ["*_proj.weight"], Base = l.Base!.Value }).Model, new Dictionary<string, long> { ["batch"] = 2 }, new TrainingStepOptions(new AdamWRule()) { Compute = l.Compute, Recompute = l.Recompute });
            return [step.Batch];
        }
        IReadOnlyList<Candidate> all = new BudgetSearch(Adapted, _ => Measured).Candidates([.. new[] { BaseStorage.Same, BaseStorage.Nf4 }.Select(b => new Levers(ElementType.Float32, 1) { Base = b })], [1]);
        Candidate whole = all.Where(c => c.Levers.Base == BaseStorage.Same).MinBy(c => c.Working.Value)!;
        var choice = new BudgetChoice(all, new Bytes(whole.Working.Value + BudgetChoice.Margin(whole.Working).Value - (1 << 20)));
        Candidate chosen = choice.Pick();
        Assert.Equal(BaseStorage.Nf4, chosen.Levers.Base);
        Assert.Contains(choice.Explain(chosen), c => c is { Lever: "frozen weights", Value: "in 4 bits (NF4)" } && c.Why.Contains("as they are", StringComparison.Ordinal));
        Assert.Equal(BaseStorage.Same, new BudgetChoice(all, null).Pick().Levers.Base);
    }

    [Fact] // parts of a batch have other statistics, and so another update
    public void A_network_with_batch_statistics_is_not_run_in_parts()
    {
        Assert.Equal([1], LeverSpace.MicroBatches(Objectives.Classification(ResNet.Build(new ResNetOptions())), 128));
        Assert.Equal([1, 2, 4, 8, 16], LeverSpace.MicroBatches(Decoder, 16));
        Assert.Equal([1, 2, 3, 5, 10, 15, 30], LeverSpace.MicroBatches(Decoder, 30));
    }

    [Fact]
    public void Levers_come_back_from_their_file()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var levers = new Levers(ElementType.BFloat16, 4) { ChannelsLast = false, Recompute = ["a", "b.0/c"], MaxSteps = 12, Base = BaseStorage.Nf4 };
            levers.Save(path);
            Assert.Equal(levers, Levers.Load(path));
            File.WriteAllText(path, "{\"compute\": \"fp3\"}");
            Assert.Contains(path, Assert.Throws<InputException>(() => Levers.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
