using Headroom.Data.Loading;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;
using Headroom.Training.Checkpoints;

namespace Headroom.Training;

/// <summary>Trains a model in a session: compiles its graphs, runs them over the data, saves and resumes. One trainer, one run.</summary>
/// <remarks>Seed, settings and data decide every bit of the weights, on the same device type, thread count and libtorch; so does a run that was interrupted and resumed.
/// Not thread-safe. The session stays the caller's: its state holds the weights afterwards.</remarks>
public sealed class Trainer
{
    private readonly Model _model;
    private readonly TrainingSettings _settings;
    private readonly TrainingData _data;
    private readonly Session _session;
    private readonly TrainerOptions _options;
    private readonly StepRunner _steps;
    private readonly Validator? _validator;
    private bool _used;

    /// <summary>Compiles the run's graphs in the session.</summary>
    /// <param name="model">With a loss (<see cref="Headroom.Graph.Models.Objectives"/>).</param>
    /// <param name="settings">How to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="session">Where to run; it must not hold another model.</param>
    /// <param name="options">Checkpoints, log, progress.</param>
    /// <exception cref="InputException">A setting is out of its range, or model and data don't fit together.</exception>
    public Trainer(Model model, TrainingSettings settings, TrainingData data, Session session, TrainerOptions? options = null)
    {
        settings.Check(data.TrainRows.Length);
        data.Check();
        (_model, _settings, _data, _session, _options) = (model, settings, data, session, options ?? new TrainerOptions());
        Graphs = TrainingGraphs.Build(model, settings, data.Validates);
        _steps = new StepRunner(Graphs, settings, data.Train, session);
        if (Graphs.Validation is TypedGraph validation) _validator = new Validator(validation, data, settings.MicroBatchSize, session);
    }

    /// <summary>What is compiled.</summary>
    public TrainingGraphs Graphs { get; }

    /// <summary>The weights as they are now.</summary>
    public ModelWeights Weights => new(_session, _model);

    /// <summary>Trains to the end that the settings name.</summary>
    /// <param name="resume">Goes on from the newest checkpoint of the folder; where there is none yet, the run begins at its beginning.</param>
    /// <param name="cancellation">Stops the run within the time of one micro-batch; what was done is saved, and the outcome says <c>interrupted</c>.</param>
    /// <exception cref="InputException">The disk is full; the folder holds another run; a checkpoint is of another model, data or settings.</exception>
    public TrainingResult Run(bool resume = false, CancellationToken cancellation = default)
    {
        if (_used) throw new InvalidOperationException("A trainer runs once; make another one.");
        _used = true;
        Library.PrepareThread();
        CheckpointFolder? folder = _options.CheckpointFolder is string path ? new CheckpointFolder(path) : null;
        if (!resume && folder?.Files.Count > 0) throw new InputException(folder.Path, $"there are {folder.Files.Count} checkpoints of another run.", "Resume that run, or choose another folder.");
        var start = new TrainingState
        {
            Model = ModelFingerprint.Of(_model),
            Data = _data.Hash(),
            Plan = _options.PlanHash,
            Settings = _settings.ToSettings(),
            Runtime = $"libtorch {Library.Version}, {Library.Threads} threads, {_session.Device}",
        };
        List<string> notes = [];
        _session.Initialize(_settings.Seed);
        if (resume) start = Resume(folder, start, notes);
        using Loader loader = new(_data.Train, _data.TrainRows.Span, new LoaderOptions { BatchSize = _settings.BatchSize, Seed = _settings.Seed }, new LoaderPosition(start.Epoch, start.Batch));
        return new TrainingRun(_settings, _data, _session, _options, _model, _steps, _validator, loader, folder, start, notes).Run(cancellation);
    }

    private TrainingState Resume(CheckpointFolder? folder, TrainingState start, List<string> notes)
    {
        if (folder is null) throw new InputException("checkpoint", "there is no folder to resume from.", "Name the run's checkpoint folder.");
        using Checkpoint? last = folder.Latest(notes);
        if (last is null)
        {
            notes.Add("There is no checkpoint yet, so the run begins at its beginning.");
            return start;
        }
        ResumeCheck.Same(last.Path, last.State, start, _settings.MicroBatches, notes);
        last.Restore(_session);
        return last.State with { Settings = start.Settings, Plan = start.Plan, Runtime = start.Runtime };
    }
}
