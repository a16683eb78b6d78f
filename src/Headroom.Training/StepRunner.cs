using System.Diagnostics;
using Headroom.Data.Loading;
using Headroom.Data.Tables;
using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Training;

/// <summary>Runs updates: feeds the step's graphs and reads what they give.</summary>
internal sealed class StepRunner
{
    private static readonly Value Loss = Headroom.Graph.Models.Objectives.Loss;

    private readonly TrainingSettings _settings;
    private readonly Program _batch;
    private readonly Program? _update;
    private readonly BatchFeed _feed;
    private readonly StateTensor[] _sums;
    private readonly bool _random, _clips;
    private readonly Dictionary<string, double> _times = new(StringComparer.Ordinal);

    public StepRunner(TrainingGraphs graphs, TrainingSettings settings, TensorTable table, Session session)
    {
        _settings = settings;
        _batch = session.Compile(graphs.Step.Batch);
        _update = graphs.Step.Update is TypedGraph update ? session.Compile(update) : null;
        _feed = new BatchFeed(graphs.Step.Batch, table, TrainingForm.Seed, TrainingForm.Position, TrainingStep.LearningRate, TrainingStep.StepNumber);
        _random = _batch.Takes(TrainingForm.Seed);
        _sums = [.. graphs.Step.Batch.States.Where(s => s.Kind == StateKind.GradientSum).Select(s => session.State(s.Value.Name))];
        _clips = settings.ClipNorm is not null;
    }

    /// <summary>Seconds by operator, over the steps that were looked at.</summary>
    public IReadOnlyDictionary<string, double> TimeByOperator => _times;

    /// <summary>Where the step that runs is written down, node by node; null for nowhere.</summary>
    public Timeline? Watch
    {
        get;
        set
        {
            field = value;
            _batch.Watch = value;
            _update?.Watch = value;
        }
    }

    /// <summary>Micro-batches of the batch that are done, and the sum of their losses.</summary>
    public int Done { get; set; }

    public double LossSum { get; set; }

    /// <summary>Runs one update, or goes on with it; stops between two micro-batches when asked to.</summary>
    /// <param name="batch">All rows of the update.</param>
    /// <param name="step">Its number, 1 for the first.</param>
    /// <param name="learningRate">Its learning rate.</param>
    /// <param name="profile">Whether to look where the time goes.</param>
    /// <param name="cancellation">Looked at between micro-batches.</param>
    /// <returns>What is not finite, null where all is. The update is done when <see cref="Done"/> is all micro-batches.</returns>
    public string? Run(Batch batch, long step, double learningRate, bool profile, CancellationToken cancellation)
    {
        int micro = _settings.MicroBatches;
        if (profile) Profile(on: true);
        while (Done < micro)
        {
            if (Done > 0 && cancellation.IsCancellationRequested) return null;
            long copy = Watch is null ? 0 : Stopwatch.GetTimestamp();
            _feed.Fill(_batch, batch, Done * _settings.MicroBatchSize);
            Watch?.Add(Lane.CopyIn, "copy in", copy);
            if (Done == 0) foreach (StateTensor sum in _sums) sum.Clear();
            if (_update is null) Scalars(_batch, step, learningRate);
            if (_random)
            {
                _batch.Input<long>(TrainingForm.Seed)[0] = unchecked((long)_settings.Seed);
                _batch.Input<long>(TrainingForm.Position)[0] = ((step - 1) * micro) + Done;
            }
            _batch.Run();
            float loss = _batch.Output<float>(Loss)[0];
            if (!float.IsFinite(loss)) return $"The loss became {Show(loss)}";
            LossSum += loss;
            Done++;
        }
        if (_update is not null)
        {
            Scalars(_update, step, learningRate);
            _update.Run();
        }
        float norm = _clips ? (_update ?? _batch).Output<float>(TrainingStep.GradientNorm)[0] : 0;
        if (profile) Profile(on: false);
        return float.IsFinite(norm) ? null : $"The gradient's norm became {Show(norm)}";
    }

    internal static string Show(double value) => double.IsNaN(value) ? "NaN" : "infinite";

    private static void Scalars(Program program, long step, double learningRate)
    {
        program.Input<float>(TrainingStep.LearningRate)[0] = (float)learningRate;
        program.Input<long>(TrainingStep.StepNumber)[0] = step;
    }

    private void Profile(bool on)
    {
        foreach (Program? program in (Program?[])[_batch, _update])
        {
            if (program is null) continue;
            if (!on) foreach ((string name, double seconds) in program.TimeByOperator ?? new Dictionary<string, double>()) _times[name] = _times.GetValueOrDefault(name) + seconds;
            program.Profile(on);
        }
    }
}
