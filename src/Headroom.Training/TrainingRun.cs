using System.Diagnostics;
using Headroom.Data.Loading;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;
using Headroom.Training.Checkpoints;

namespace Headroom.Training;

/// <summary>The loop of one run.</summary>
internal sealed class TrainingRun
{
    private const int ProfileFrom = 3, ProfileTo = 8, ProfileEvery = 256;

    private readonly TrainingSettings _settings;
    private readonly TrainingData _data;
    private readonly Session _session;
    private readonly TrainerOptions _options;
    private readonly Model _model;
    private readonly StepRunner _steps;
    private readonly Validator? _validator;
    private readonly Loader _loader;
    private readonly CheckpointFolder? _folder;
    private readonly List<string> _notes;
    private readonly StepHistory _history;
    private readonly List<ValidationRecord> _validations;
    private readonly RunProgress _progress;
    private readonly List<double> _updates = [];
    private readonly long _began, _total, _startStep;
    private readonly double _secondsBefore, _waitBefore;
    private TrainingState _state;
    private (long Step, int Micro, int Validations)? _saved;
    private string? _savedFile;
    private long _savedAt, _savedStep;
    private long _allocated = GC.GetTotalAllocatedBytes();
    private int[] _rows = [];
    private IReadOnlyDictionary<string, TensorData>? _bestWeights;

    public TrainingRun(TrainingSettings settings, TrainingData data, Session session, TrainerOptions options, Model model, StepRunner steps, Validator? validator, Loader loader,
        CheckpointFolder? folder, TrainingState start, List<string> notes)
    {
        (_settings, _data, _session, _options, _model, _steps, _validator) = (settings, data, session, options, model, steps, validator);
        (_loader, _folder, _state, _notes) = (loader, folder, start, notes);
        _history = new StepHistory(start.History, start.HistoryStride);
        _validations = [.. start.Validation];
        (_steps.Done, _steps.LossSum) = (start.MicroBatch, start.MicroLoss);
        (_secondsBefore, _waitBefore) = (start.Seconds, start.WaitSeconds);
        _total = settings.TotalSteps(data.TrainRows.Length) ?? long.MaxValue;
        _began = _savedAt = options.Clock.GetTimestamp();
        _savedStep = _startStep = start.Step;
        _progress = new RunProgress(options, settings, _total);
        if (start.Step > 0 || start.MicroBatch > 0) (_saved, _savedFile) = (Place, folder?.FileOf(start.Step, start.MicroBatch));
    }

    private double Seconds => _secondsBefore + _options.Clock.GetElapsedTime(_began).TotalSeconds;

    private (long, int, int) Place => (_state.Step, _state.MicroBatch, _validations.Count);

    private bool EpochEnds => _state.Batch == 0 && _state.Step > 0;

    public TrainingResult Run(CancellationToken cancellation)
    {
        foreach (string note in _notes) _options.Log?.Append("note", ("text", note));
        _options.Log?.Append("train", ("step", _state.Step), ("steps", _total == long.MaxValue ? null : _total));
        Outcome outcome;
        TrainingFailure? failure = null;
        try
        {
            outcome = LoopOrInterrupt(cancellation);
        }
        catch (NotFiniteException e)
        {
            failure = Fail(e);
            outcome = new Outcome(OutcomeKind.Failed, failure.ToString());
        }
        if (outcome.Kind is OutcomeKind.Completed or OutcomeKind.StoppedEarly) HandOut();
        _state = _state with { Seconds = Seconds };
        _options.Log?.Append("end", ("outcome", outcome.ToString()), ("step", _state.Step));
        TrainingDocument document = new TrainingReport(_settings, _data, _session, _options).Document(_state, _history.Records, _validations, outcome, _steps.TimeByOperator, _updates, _savedFile);
        return new TrainingResult(document, [.. _notes]) { Failure = failure };
    }

    private Outcome LoopOrInterrupt(CancellationToken cancellation)
    {
        try
        {
            return Loop(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Save();
            return new Outcome(OutcomeKind.Interrupted, $"asked to stop after step {_state.Step}");
        }
    }

    private Outcome Loop(CancellationToken cancellation)
    {
        while (true)
        {
            bool last = Ends();
            if (ValidationIsDue(last)) Validate(cancellation);
            bool stalled = _settings.Patience is int patience && _state.SinceBest >= patience;
            if (last || stalled)
            {
                Save();
                return stalled && !last
                    ? new Outcome(OutcomeKind.StoppedEarly, $"{_state.SinceBest} validations in a row without a lower loss than {_state.Best?.Loss:G6} of step {_state.Best?.Step}")
                    : new Outcome(OutcomeKind.Completed);
            }
            if (SaveIsDue()) Save();
            cancellation.ThrowIfCancellationRequested();
            Step(cancellation);
        }
    }

    /// <summary>Whether all is done; only looked at between two updates.</summary>
    private bool Ends() => _state.MicroBatch == 0 && (_state.Step >= _total || Seconds >= _settings.MaxSeconds);

    private void Step(CancellationToken cancellation)
    {
        long start = _options.Clock.GetTimestamp(), step = _state.Step + 1, local = step - _startStep;
        _steps.Watch = local is >= ProfileFrom and < ProfileTo ? _options.Timeline : null;
        double waited = _loader.WaitSeconds;
        long asked = Stopwatch.GetTimestamp();
        using Batch batch = _loader.Next(cancellation) ?? throw new InvalidOperationException("an endless loader ended");
        _steps.Watch?.Add(Lane.InputWait, "wait for a batch", asked);
        long there = Stopwatch.GetTimestamp();
        if (_rows.Length != batch.Count) _rows = new int[batch.Count];
        batch.Rows.CopyTo(_rows);
        double rate = _settings.Schedule.At(step);
        bool profile = (local >= ProfileFrom && local < ProfileTo) || step % ProfileEvery == 0;
        if (_steps.Run(batch, step, rate, profile, cancellation) is string fault) throw new NotFiniteException(fault, step);
        _steps.Watch?.Add(Lane.Step, $"step {step}", there);
        Seconds took = new(_options.Clock.GetElapsedTime(start).TotalSeconds);
        _state = _state with { StepSeconds = _state.StepSeconds + took.Value, WaitSeconds = _waitBefore + _loader.WaitSeconds };
        if (_steps.Done < _settings.MicroBatches)
        {
            // Stopped between two micro-batches: the batch is to be given out again.
            _state = _state with { Epoch = batch.Position.Epoch, Batch = batch.Position.Index, MicroBatch = _steps.Done, MicroLoss = _steps.LossSum };
            throw new OperationCanceledException(cancellation);
        }
        double loss = _steps.LossSum / _settings.MicroBatches;
        (_steps.Done, _steps.LossSum) = (0, 0);
        _state = _state with
        {
            Step = step,
            Epoch = _loader.Position.Epoch,
            Batch = _loader.Position.Index,
            MicroBatch = 0,
            MicroLoss = 0,
            SmoothedLoss = Smoothing.Add(_state.SmoothedLoss, loss),
        };
        _updates.Add(Math.Max(0, took.Value - (_loader.WaitSeconds - waited)));
        var record = new StepRecord(step, step / (double)_loader.BatchesPerEpoch, loss, rate, took.Value > 0 ? _settings.BatchSize / took.Value : 0, took);
        _history.Add(record);
        _progress.Step(_state, record, Seconds);
        ProcessMemory.KeepYoungSmall(ref _allocated);
    }

    private bool ValidationIsDue(bool last)
    {
        if (_validator is null || _state.MicroBatch > 0 || _state.Step == 0) return false;
        if (_validations.Count > 0 && _validations[^1].Step == _state.Step) return false;
        return last || (_settings.ValidationSteps is long every ? _state.Step % every == 0 : EpochEnds);
    }

    private void Validate(CancellationToken cancellation)
    {
        _progress.Phase(TrainingPhase.Validating, _state);
        long start = Stopwatch.GetTimestamp();
        ValidationRecord record;
        // What is validated is what would be handed out.
        using (WeightAverages.Exchange(_session)) record = _validator!.Run(_state.Step, cancellation);
        Watched(Lane.Validation, "validation", start);
        if (!double.IsFinite(record.Loss)) throw new NotFiniteException($"The validation loss became {StepRunner.Show(record.Loss)}", _state.Step);
        _validations.Add(record);
        bool better = _state.Best is null || record.Loss < _state.Best.Loss;
        _state = better ? _state with { Best = record, SinceBest = 0 } : _state with { SinceBest = _state.SinceBest + 1 };
        _options.Log?.Append("validation", ("step", record.Step), ("loss", record.Loss), ("accuracy", record.Accuracy));
        _progress.Validated(record, _state);
        if (!better || !_settings.KeepBest) return;
        if (_folder is not null)
        {
            Save();
            return;
        }
        using (WeightAverages.Exchange(_session)) _bestWeights = new ModelWeights(_session, _model).ToData();
    }

    private bool SaveIsDue()
    {
        if (_folder is null || _state.MicroBatch > 0 || _state.Step == _savedStep) return false;
        return _state.Step - _savedStep >= _settings.CheckpointSteps || _options.Clock.GetElapsedTime(_savedAt).TotalSeconds >= _settings.CheckpointSeconds;
    }

    private void Save()
    {
        if (_folder is null || _saved == Place || (_state.Step == 0 && _state.MicroBatch == 0)) return;
        if (FiniteState.Fault(_session) is string fault) throw new NotFiniteException(fault, _state.Step);
        _progress.Phase(TrainingPhase.Saving, _state);
        _state = _state with { Seconds = Seconds, History = _history.Records, HistoryStride = _history.Stride, Validation = _validations };
        long start = Stopwatch.GetTimestamp();
        _savedFile = _folder.Save(_session, _state);
        Watched(Lane.Checkpoint, "checkpoint", start);
        // What saving and validating leave behind would stand beside the step's memory until some later collection.
        ProcessMemory.ReleaseUnused();
        (_saved, _savedAt, _savedStep) = (Place, _options.Clock.GetTimestamp(), _state.Step);
        _options.Log?.Append("checkpoint", ("step", _state.Step), ("file", Path.GetFileName(_savedFile)));
    }

    /// <summary>Writes down the first few parts of their kind: a long run has thousands.</summary>
    private void Watched(Lane lane, string name, long start)
    {
        if (_options.Timeline is Timeline timeline && timeline.Parts.Count(p => p.Lane == lane) < ProfileTo - ProfileFrom) timeline.Add(lane, name, start);
    }

    /// <summary>Leaves the session with what the run is for: the best weights where they are wanted, their averages where there are any.</summary>
    private void HandOut()
    {
        if (_settings.KeepBest && _state.Best is ValidationRecord best && best.Step != _state.Step)
        {
            if (_bestWeights is not null)
            {
                new ModelWeights(_session, _model).Load(_bestWeights);
                return;
            }
            RestoreBest(best);
        }
        WeightAverages.Exchange(_session);
    }

    private void RestoreBest(ValidationRecord best)
    {
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(_folder!.FileOf(best.Step));
            if (WeightAverages.Kept(_session)) checkpoint.Restore(_session);
            else checkpoint.RestoreModel(_session);
        }
        catch (Evidence.InputException e)
        {
            _notes.Add($"The best weights, of step {best.Step}, can't be read back; the last ones are kept instead. {e.Message}");
        }
    }

    private TrainingFailure Fail(NotFiniteException fault)
    {
        string? good = null;
        if (_folder is not null)
        {
            using Checkpoint? last = _folder.Latest(_notes);
            last?.Restore(_session);
            good = _savedFile = last?.Path;
        }
        _options.Log?.Append("failure", ("what", fault.Message), ("step", fault.Step), ("checkpoint", good is null ? null : Path.GetFileName(good)));
        return new TrainingFailure(fault.Message, fault.Step, [.. _rows], good is null ? null : Path.GetRelativePath(Path.GetDirectoryName(_folder!.Path)!, good).Replace('\\', '/'));
    }

    /// <summary>A number that ends the run.</summary>
    private sealed class NotFiniteException(string what, long step) : Exception(what)
    {
        public long Step { get; } = step;
    }
}
