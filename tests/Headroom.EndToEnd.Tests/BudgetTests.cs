using Headroom.Evidence.Documents;

namespace Headroom.EndToEnd.Tests;

/// <summary>A run with <c>train.budget</c>.</summary>
public sealed class BudgetTests
{
    private static string Settings(string budget) => Scratch.Data + "model: { preset: mlp, hidden: [256, 256] }\n"
        + $"train: {{ epochs: 4, batch: 20, learning_rate: 0.01, threads: 1, budget: {budget} }}\nevaluate: {{ baseline: false }}\n";

    [Fact]
    public void The_plan_says_what_was_chosen_and_the_run_keeps_to_it()
    {
        using var s = new Scratch(Settings("{ memory: 400MiB, minutes: 5 }"));
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 0, said.ToString());
        PlanDocument plan = s.Run!.Read<PlanDocument>();
        Assert.Equal(["precision", "micro-batches", "recompute", "steps"], plan.Choices.Select(c => c.Lever));
        Assert.NotEmpty(plan.Alternatives);
        TrainingDocument training = s.Run.Read<TrainingDocument>();
        Assert.InRange(training["working_bytes"].Value, 1, 400 << 20);
        Assert.Equal(plan["graph_bytes"].Value, training["graph_bytes"].Value);
        s.Run.Verify();
    }

    [Fact]
    public void A_run_resumed_after_planning_keeps_its_choice_and_one_killed_while_planning_chooses_anew()
    {
        using var s = new Scratch(Settings("{ memory: 400MiB, minutes: 5 }"));
        Assert.Equal(0, Cli.Run(s.Root, "train", "project").Code);
        PlanDocument plan = s.Run!.Read<PlanDocument>();
        byte[] model = File.ReadAllBytes(s.Run.Model);
        string levers = Path.Combine(s.Run.Path, "levers.json"), chosen = File.ReadAllText(levers);

        // Killed right after planning: the plan stands, with its reasons.
        Forget(s, keepPlan: true);
        Resume(s, "kept");
        Assert.Equal(plan.Choices, s.Run.Read<PlanDocument>().Choices);
        Assert.Equal(plan.Alternatives, s.Run.Read<PlanDocument>().Alternatives);
        Assert.Equal(model, File.ReadAllBytes(s.Run.Model));

        // Killed while it tried 20 micro-batches: a try is no choice.
        Forget(s, keepPlan: false);
        File.WriteAllText(levers, """{"compute":"fp32","micro_batches":20,"max_steps":null,"recompute":[]}""");
        Resume(s, "chosen anew");
        Assert.NotEmpty(s.Run.Read<PlanDocument>().Choices);
        Assert.DoesNotContain("\"micro_batches\":20", File.ReadAllText(levers), StringComparison.Ordinal);
        Assert.Contains("\"micro_batches\":1,", chosen, StringComparison.Ordinal);
    }

    /// <summary>Leaves of a run what one has that was killed before it trained.</summary>
    private static void Forget(Scratch s, bool keepPlan)
    {
        Directory.Delete(s.Run!.CheckpointFolder, recursive: true);
        foreach (string file in Directory.GetFiles(s.Run.Path))
        {
            if (Path.GetFileName(file) is not ("headroom.yaml" or "recipe.json" or "levers.json") && !(keepPlan && file == s.Run.Plan)) File.Delete(file);
        }
    }

    private static void Resume(Scratch s, string what)
    {
        Said said = Cli.Run(s.Root, "train", "project", "--resume", s.Run!.Path);
        Assert.True(said.Code == 0, $"{what}: {said}");
    }

    [Fact]
    public void What_can_t_fit_says_what_would_and_leaves_nothing()
    {
        using var s = new Scratch(Settings("{ memory: 3MiB }"));
        Said said = Cli.Run(s.Root, "train", "project");
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains("no plan fits into 3.00 MiB", said.Error, StringComparison.Ordinal);
        Assert.Matches(@"Smallest plan: [\d.]+ MiB, at [\d.]+ times the time", said.Error);
        Assert.Null(s.Run);
    }

    [Theory]
    [InlineData("{ memory: 3 apples }", "'3 apples' is no size")]
    [InlineData("{ memory: 0 }", "no run fits into nothing")]
    [InlineData("{ }", "neither memory nor minutes")]
    [InlineData("{ minutes: -1 }", "minutes")]
    [InlineData("{ memroy: 3MiB }", "Did you mean 'memory'")]
    public void A_budget_that_is_none_is_refused_with_its_line(string budget, string message)
    {
        using var s = new Scratch(Settings(budget));
        Said said = Cli.Run(s.Root, "train", "project");
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains(message, said.Error, StringComparison.Ordinal);
        Assert.Matches(@"headroom\.yaml, line \d+", said.Error);
    }
}
