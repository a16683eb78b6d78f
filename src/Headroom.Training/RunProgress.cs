using Headroom.Evidence.Documents;
using Headroom.Training.Checkpoints;

namespace Headroom.Training;

/// <summary>Tells progress and log how a run goes, as often as a reader can take it.</summary>
internal sealed class RunProgress(TrainerOptions options, TrainingSettings settings, long total)
{
    private const double TellSeconds = 0.1, LogSeconds = 1, Recent = 0.9;

    private long? _told, _logged;
    private double _recentSeconds;
    private long _count;
    private StepRecord? _last;
    private ValidationRecord? _validation;

    public void Step(TrainingState state, StepRecord record, double seconds)
    {
        _last = record;
        _recentSeconds = (Recent * _recentSeconds) + ((1 - Recent) * record.Seconds.Value);
        _count++;
        bool ends = state.Step >= total;
        if (options.Log is not null && (ends || Due(_logged, LogSeconds)))
        {
            _logged = options.Clock.GetTimestamp();
            options.Log.Append("step", ("step", record.Step), ("epoch", record.Epoch), ("loss", record.Loss), ("learningRate", record.LearningRate),
                ("samplesPerSecond", record.SamplesPerSecond), ("seconds", seconds));
        }
        if (ends || Due(_told, TellSeconds)) Tell(TrainingPhase.Training, state, seconds);
    }

    public void Phase(TrainingPhase phase, TrainingState state) => Tell(phase, state, state.Seconds);

    public void Validated(ValidationRecord record, TrainingState state)
    {
        _validation = record;
        Tell(TrainingPhase.Validating, state, state.Seconds);
    }

    private bool Due(long? last, double seconds) => last is not long at || options.Clock.GetElapsedTime(at).TotalSeconds >= seconds;

    private void Tell(TrainingPhase phase, TrainingState state, double seconds)
    {
        if (options.Progress is null) return;
        _told = options.Clock.GetTimestamp();
        double step = _count > 0 ? _recentSeconds / (1 - Math.Pow(Recent, _count)) : 0;
        double? bySteps = total < long.MaxValue && _count > 0 ? (total - state.Step) * step : null;
        double? byTime = settings.MaxSeconds is double limit ? Math.Max(0, limit - seconds) : null;
        double? left = bySteps is double a && byTime is double b ? Math.Min(a, b) : bySteps ?? byTime;
        options.Progress.Report(new TrainingProgress(
            phase, state.Step, total == long.MaxValue ? null : total, _last?.Epoch ?? 0, Smoothing.Corrected(state.SmoothedLoss, state.Step), _last?.LearningRate ?? 0,
            step > 0 ? settings.BatchSize / step : 0, left, state.StepSeconds > 0 ? Math.Min(1, state.WaitSeconds / state.StepSeconds) : 0, _validation ?? state.Best));
    }
}
