using Headroom.Evidence.Documents;
using Headroom.Evidence.Runs;
using Headroom.Evidence.Tests.Documents;

namespace Headroom.Evidence.Tests.Runs;

public sealed class RunFolderTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 23, 10, 10, 0, TimeSpan.FromHours(1));

    [Fact]
    public void A_run_is_named_by_its_time_in_UTC_and_numbered_when_taken()
    {
        using TemporaryFolder root = new();
        string[] names = [.. Enumerable.Range(0, 3).Select(_ => RunFolder.Create(root.Path, "API docs!", Begin).Name)];
        Assert.Equal(["2026-11-23T0910-api-docs", "2026-11-23T0910-api-docs-2", "2026-11-23T0910-api-docs-3"], names);
        Assert.True(Directory.Exists(root[".headroom/runs/2026-11-23T0910-api-docs"]));
    }

    [Fact]
    public void Runs_that_start_together_get_a_folder_each()
    {
        using TemporaryFolder root = new();
        string[] paths = new string[16];
        Parallel.For(0, paths.Length, i => paths[i] = RunFolder.Create(root.Path, "a", Begin).Path);
        Assert.Equal(16, paths.Distinct().Count());
    }

    [Fact]
    public void The_latest_is_by_time_then_by_number_and_of_the_name_asked_for()
    {
        using TemporaryFolder root = new();
        Assert.Null(RunFolder.Latest(root.Path));
        RunFolder.Create(root.Path, "b", Begin.AddMinutes(-1));
        for (int i = 0; i < 10; i++) RunFolder.Create(root.Path, "a", Begin);
        RunFolder.Create(root.Path, "ab", Begin.AddMinutes(1));
        Directory.CreateDirectory(root[".headroom/runs/zzz"]);
        Assert.Equal("2026-11-23T0911-ab", RunFolder.Latest(root.Path)!.Name);
        Assert.Equal("2026-11-23T0910-a-10", RunFolder.Latest(root.Path, "a")!.Name);
        Assert.Equal("2026-11-23T0909-b", RunFolder.Latest(root.Path, "b")!.Name);
        Assert.Null(RunFolder.Latest(root.Path, "c"));
    }

    [Fact]
    public void Documents_are_written_read_and_linked()
    {
        using TemporaryFolder root = new();
        RunFolder run = Run(root);
        Assert.True(run.Has<PlanDocument>());
        Assert.False(run.Has<EvaluationDocument>());
        Assert.Equal(Samples.Plan, run.Read<PlanDocument>());
        Assert.Equal(run.HashOf<PlanDocument>(), run.Read<TrainingDocument>().Inputs["plan"]);
        run.Verify();
        Assert.Equal(run.Path, RunFolder.Open(run.Path).Path);
    }

    [Fact]
    public void A_plan_changed_after_the_training_run_is_found()
    {
        using TemporaryFolder root = new();
        RunFolder run = Run(root);
        run.Write(Samples.Plan with { Created = Samples.Time.AddSeconds(1) });
        InputException e = Assert.Throws<InputException>(run.Verify);
        Assert.StartsWith(run.Plan, e.Message, StringComparison.Ordinal);
        Assert.Contains("training.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_changed_or_missing_is_found()
    {
        using TemporaryFolder root = new();
        RunFolder run = Run(root);
        File.AppendAllText(run.Model, "x");
        Assert.StartsWith(run.Model, Assert.Throws<InputException>(run.Verify).Message, StringComparison.Ordinal);
        File.Delete(run.Model);
        Assert.StartsWith(run.Model, Assert.Throws<InputException>(run.Verify).Message, StringComparison.Ordinal);
    }

    [Fact] // the checkpoint lies there to resume from, and may go when the run is done
    public void A_checkpoint_may_be_deleted_but_not_changed()
    {
        using TemporaryFolder root = new();
        RunFolder run = Run(root);
        string checkpoint = Path.Join(run.CheckpointFolder, "last.safetensors");
        File.AppendAllText(checkpoint, "x");
        Assert.Throws<InputException>(run.Verify);
        File.Delete(checkpoint);
        run.Verify();
    }

    [Fact]
    public void A_missing_run_is_refused_and_so_is_a_root_that_is_a_file()
    {
        using TemporaryFolder root = new();
        Assert.Contains("no such run", Assert.Throws<InputException>(() => RunFolder.Open(root["x"])).Message, StringComparison.Ordinal);
        File.WriteAllText(root["file"], "");
        Assert.Throws<InputException>(() => RunFolder.Create(root["file"], "a", Begin));
    }

    private static RunFolder Run(TemporaryFolder root)
    {
        RunFolder run = RunFolder.Create(root.Path, "a", Begin);
        string plan = run.Write(Samples.Plan);
        Directory.CreateDirectory(run.CheckpointFolder);
        string checkpoint = Path.Join(run.CheckpointFolder, "last.safetensors");
        File.WriteAllText(checkpoint, "weights");
        File.WriteAllText(run.Model, "model");
        run.Write(Samples.Training with
        {
            Inputs = new Dictionary<string, string> { ["plan"] = plan, ["dataset"] = Samples.Hash },
            Model = FileReference.To(run.Path, run.Model),
            Checkpoint = FileReference.To(run.Path, checkpoint),
        });
        return run;
    }
}
