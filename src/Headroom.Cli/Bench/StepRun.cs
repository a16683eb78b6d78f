using System.Diagnostics;
using System.Text.Json.Nodes;
using Headroom.Graph;
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
    private readonly Runtime.Execution.Program? _update;
    private readonly StateTensor[] _sums;
    private readonly FixedBatch _data;
    private readonly int _parts;
    private Timeline? _timeline;
    private long _steps;

    private StepRun(StepArguments step, string dtype, StepLevers levers)
    {
        _workload = Workloads.Get(step.Workload, step.Batch);
        _session = new Session();
        _parts = levers.MicroBatches;
        (TypedGraph batch, TypedGraph? update) = levers.Step(_workload, Commands.BenchCommand.Element(dtype));
        _program = _session.Compile(batch);
        _update = update is null ? null : _session.Compile(update);
        _session.Initialize(seed: 1);
        _sums = [.. batch.States.Where(s => s.Kind == StateKind.GradientSum).Select(s => _session.State(s.Value.Name))];
        _data = new FixedBatch(_program, _workload, _parts);
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
    public static Timeline Profile(StepArguments step, string dtype, StepLevers? levers = null)
    {
        Library.Load(step.Threads);
        using var run = new StepRun(step, dtype, levers ?? new StepLevers());
        for (int i = 0; i < step.Warmup; i++) run.Step();
        run._timeline = new Timeline();
        run._program.Watch = run._timeline;
        run._update?.Watch = run._timeline;
        for (int i = 0; i < step.Steps; i++) run.Step();
        return run._timeline;
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Of the last step: the mean over its parts.</summary>
    private float Loss { get; set; }

    /// <returns>Seconds.</returns>
    private double Step()
    {
        long start = Stopwatch.GetTimestamp();
        double loss = 0;
        _steps++;
        foreach (StateTensor sum in _sums) sum.Clear();
        for (int part = 0; part < _parts; part++)
        {
            long copy = Stopwatch.GetTimestamp();
            _data.CopyTo(_program, part);
            if (_update is null) Scalars(_program);
            _timeline?.Add(Lane.CopyIn, "copy in", copy);
            _program.Run();
            loss += _program.Output<float>(Objectives.Loss)[0];
        }
        if (_update is not null)
        {
            Scalars(_update);
            _update.Run();
        }
        Loss = (float)(loss / _parts);
        _timeline?.Add(Lane.Step, "step", start);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Scalars(Runtime.Execution.Program updates)
    {
        updates.Input<float>(TrainingStep.LearningRate)[0] = _workload.LearningRate;
        if (updates.Takes(TrainingStep.StepNumber)) updates.Input<long>(TrainingStep.StepNumber)[0] = _steps;
    }
}
