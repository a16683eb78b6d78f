using System.Diagnostics;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Runs;

namespace Headroom.EndToEnd.Tests;

/// <summary>The run of two threads and 1,200 steps that is broken off at several places, and the same unbroken.</summary>
public sealed class InterruptionTests(InterruptionTests.Unbroken unbroken) : IClassFixture<InterruptionTests.Unbroken>
{
    private const string Settings = Scratch.Data + "model: { preset: mlp, hidden: [16], dropout: 0.1 }\ntrain: { epochs: 150, batch: 20, learning_rate: 0.01, checkpoint_seconds: 0.05, threads: 2 }\nevaluate: { baseline: false }\n";

    /// <summary>How far a run is when it is killed.</summary>
    [Theory]
    [InlineData("recipe.json", 150)]
    [InlineData("checkpoint", 23)]
    [InlineData("checkpoint", 161)]
    [InlineData("model.onnx", 5)]
    public void A_run_that_is_killed_goes_on_to_the_same_model(string after, int milliseconds)
    {
        using var s = new Scratch(Settings);
        using (Process process = Cli.Start(s.Root, "run", "project"))
        {
            Cli.Until(process, () => s.Run is RunFolder r && Path.Combine(r.Path, after) is var path && (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFiles(path).Any())));
            process.WaitForExit(milliseconds);
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        s.Run!.Verify();
        Said resumed = Cli.Run(s.Root, "run", "project", "--resume", s.Run.Path);
        Assert.True(resumed.Code == 0, resumed.ToString());
        s.Run.Verify();
        Assert.Single(Directory.GetDirectories(Path.Combine(s.Root, ".headroom", "runs")));
        Assert.Equal(unbroken.Model, File.ReadAllBytes(s.Run.Model));
    }

    [Fact]
    public void Ctrl_C_ends_a_run_soon_with_130_and_it_goes_on_to_the_same_model()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no signals to send to one process");
        using var s = new Scratch(Settings);
        Process process = Cli.Start(s.Root, "run", "project");
        Cli.Until(process, () => s.Run is RunFolder r && Directory.Exists(r.CheckpointFolder) && Directory.EnumerateFiles(r.CheckpointFolder).Any());
        Cli.PressCtrlC(process);
        long pressed = Stopwatch.GetTimestamp();
        Said said = Cli.Finish(process);
        Assert.True(said.Code == 130, said.ToString());
        Assert.InRange(Stopwatch.GetElapsedTime(pressed).TotalSeconds, 0, 4);
        Assert.Equal(OutcomeKind.Interrupted, s.Run!.Read<TrainingDocument>().Outcome.Kind);
        s.Run.Verify();
        Assert.False(File.Exists(s.Run.Model));
        Assert.Contains($"headroom run project --resume {Path.GetRelativePath(s.Root, s.Run.Path)}", said.Out, StringComparison.Ordinal);

        // What it told to type is typed.
        Said resumed = Cli.Run(s.Root, "run", "project", "--resume", Path.GetRelativePath(s.Root, s.Run.Path));
        Assert.True(resumed.Code == 0, resumed.ToString());
        Assert.Equal(unbroken.Model, File.ReadAllBytes(s.Run.Model));
        Assert.Equal(OutcomeKind.Completed, s.Run.Read<TrainingDocument>().Outcome.Kind);

        // Data that has changed since is refused, and nothing is written.
        byte[] plan = File.ReadAllBytes(s.Run.Plan), rows = File.ReadAllBytes(s.Rows);
        s.Line(5, "0.1,0.1,red,no");
        Said moved = Cli.Run(s.Root, "run", "project", "--resume", s.Run.Path);
        Assert.True(moved.Code == 2, moved.ToString());
        Assert.Contains("the data has changed since the run began", moved.Error, StringComparison.Ordinal);
        Assert.Equal(plan, File.ReadAllBytes(s.Run.Plan));
        File.WriteAllBytes(s.Rows, rows);

        // Settings that have changed since are refused.
        File.AppendAllText(s.Settings, "# another\n");
        Said changed = Cli.Run(s.Root, "run", "project", "--resume", s.Run.Path);
        Assert.Equal(2, changed.Code);
        Assert.Contains("the settings have changed", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_evaluation_that_is_interrupted_says_what_is_there_and_how_to_go_on()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no signals to send to one process");
        using var s = new Scratch(Scratch.Data + Scratch.Model + Scratch.Train);
        File.WriteAllText(s.Rows, Scratch.Table(100_000));
        File.WriteAllText(s.Settings, File.ReadAllText(s.Settings).Replace("epochs: 20, batch: 20", "epochs: 1, batch: 1000", StringComparison.Ordinal));
        Said trained = Cli.Run(s.Root, "train", "project");
        Assert.True(trained.Code == 0, trained.ToString());
        string run = Path.GetRelativePath(s.Root, s.Run!.Path);
        Process process = Cli.Start(s.Root, "evaluate", "project", run);
        // Its first words come before the rows are read, which takes longer than pressing a key.
        Assert.Equal("Data", process.StandardOutput.ReadLine());
        Cli.PressCtrlC(process);
        Said said = Cli.Finish(process);
        Assert.True(said.Code == 130, said.ToString());
        Assert.Contains("nothing of this evaluation was written", said.Out, StringComparison.Ordinal);
        Assert.Contains($"headroom evaluate project {run}", said.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(s.Run.Evaluation));
    }

    public sealed class Unbroken
    {
        public Unbroken()
        {
            using var s = new Scratch(Settings);
            Said said = Cli.Run(s.Root, "run", "project");
            Assert.True(said.Code == 0, said.ToString());
            Model = File.ReadAllBytes(s.Run!.Model);
        }

        public byte[] Model { get; }
    }
}
