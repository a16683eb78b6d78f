using System.Diagnostics;
using System.Text.Json.Nodes;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;
using Headroom.Statistics;

namespace Headroom.Cli.Bench;

/// <summary>Our side of the comparison: one workload's steps in this process, with the keys that the peers print.</summary>
internal sealed class StepRun : IDisposable
{
    private readonly Workload _workload;
    private readonly Session _session;
    private readonly Runtime.Execution.Program _program;
    private readonly FixedBatch _data;
    private Timeline? _timeline;
    private long _steps;

    private StepRun(StepArguments step, string dtype, StepLevers levers)
    {
        _workload = Workloads.Get(step.Workload, step.Batch);
        _session = new Session();
        _program = _session.Compile(levers.Step(_workload, Commands.BenchCommand.Element(dtype)));
        _session.Initialize(seed: 1);
        _data = new FixedBatch(_program, _workload);
    }

    /// <summary>Times each step.</summary>
    /// <param name="step">What to run.</param>
    /// <param name="dtype">As it was asked for; the line repeats it.</param>
    /// <param name="levers">Which passes run; all without.</param>
    public static JsonObject Run(StepArguments step, string dtype, StepLevers? levers = null)
    {
        Library.Load(step.Threads);
        long baseline = ProcessMemory.Resident;
        using var run = new StepRun(step, dtype, levers ?? new StepLevers());
        double[] times = new double[step.Warmup + step.Steps];
        float firstLoss = float.NaN;
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = run.Step();
            if (i == 0) firstLoss = run.Loss;
        }
        double[] warm = times[step.Warmup..];
        double median = Quantiles.Median(warm);
        return new JsonObject
        {
            ["peer"] = "headroom",
            ["workload"] = step.Workload,
            ["dtype"] = dtype,
            ["batch"] = run._workload.Batch,
            ["step_s"] = Math.Round(median, 6),
            ["min_step_s"] = Math.Round(warm.Min(), 6),
            ["first_step_s"] = Math.Round(times[0], 6),
            ["samples_per_s"] = Math.Round(run._workload.Batch / median, 3),
            ["first_loss"] = firstLoss,
            ["last_loss"] = run.Loss,
            ["baseline_rss_bytes"] = baseline,
            ["peak_rss_bytes"] = ProcessMemory.Peak,
            ["graph_bytes"] = run._session.AllocatedPeak,
        };
    }

    /// <summary>Watches where the time goes, once the step is warm.</summary>
    public static Timeline Profile(StepArguments step, string dtype)
    {
        Library.Load(step.Threads);
        using var run = new StepRun(step, dtype, new StepLevers());
        for (int i = 0; i < step.Warmup; i++) run.Step();
        run._timeline = new Timeline();
        run._program.Watch = run._timeline;
        for (int i = 0; i < step.Steps; i++) run.Step();
        return run._timeline;
    }

    public void Dispose() => _session.Dispose();

    private float Loss => _program.Output<float>(Objectives.Loss)[0];

    /// <returns>Seconds.</returns>
    private double Step()
    {
        long start = Stopwatch.GetTimestamp();
        _data.CopyTo(_program);
        _program.Input<float>(TrainingStep.LearningRate)[0] = _workload.LearningRate;
        if (_program.Takes(TrainingStep.StepNumber)) _program.Input<long>(TrainingStep.StepNumber)[0] = ++_steps;
        _timeline?.Add(Lane.CopyIn, "copy in", start);
        _program.Run();
        _timeline?.Add(Lane.Step, "step", start);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
