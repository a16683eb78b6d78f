using Headroom.Data.Tables;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph.Models;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;
using Headroom.Training.Checkpoints;

namespace Headroom.Training;

/// <summary>Makes the document of a run.</summary>
internal sealed class TrainingReport(TrainingSettings settings, TrainingData data, Session session, TrainerOptions options)
{
    public TrainingDocument Document(TrainingState state, IReadOnlyList<StepRecord> history, IReadOnlyList<ValidationRecord> validation, Outcome outcome,
        IReadOnlyDictionary<string, double> times, IReadOnlyList<double> updates, string? checkpoint)
    {
        double sum = times.Values.Sum();
        return new TrainingDocument
        {
            Created = options.Clock.GetUtcNow(),
            Inputs = Inputs(),
            Settings = settings.ToSettings(),
            Measurements = Measurements(state, updates),
            Outcome = outcome,
            History = history,
            Validation = validation,
            TimeByOperator = [.. times.OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal)
                .Select(t => new OperatorTime(t.Key, new Seconds(t.Value), sum > 0 ? t.Value / sum : 0))],
            Checkpoint = checkpoint is not null && File.Exists(checkpoint) ? FileReference.To(Path.GetDirectoryName(Path.GetDirectoryName(checkpoint)!)!, checkpoint) : null,
        };
    }

    /// <summary>Classes and tokens are scored by cross-entropy, numbers by their squared error.</summary>
    private string LossUnit => options.LossUnit ?? (data.Train.Fields.FirstOrDefault(f => f.Name == Objectives.Labels.Name) is { Type: FieldType.Float32 } ? "squared error" : "nats");

    private Dictionary<string, string> Inputs()
    {
        Dictionary<string, string> inputs = new(StringComparer.Ordinal);
        if (ContentHash.IsValid(data.Fingerprint)) inputs.Add("dataset", data.Fingerprint);
        if (ContentHash.IsValid(options.PlanHash)) inputs.Add("plan", options.PlanHash);
        return inputs;
    }

    private List<Measurement> Measurements(TrainingState state, IReadOnlyList<double> updates)
    {
        long trained = state.Step * settings.BatchSize;
        List<Measurement> m = [];
        if (Smoothing.Corrected(state.SmoothedLoss, state.Step) is double loss)
        {
            m.Add(new("final_train_loss", loss, LossUnit, Method: "exponential mean of the steps' losses, decay 0.98, corrected for its start", Rows: trained));
        }
        if (state.Best is ValidationRecord best)
        {
            m.Add(new("best_validation_loss", best.Loss, LossUnit, Method: $"mean over the validation rows, lowest of all looks, at step {best.Step}", Rows: data.ValidationRows.Length));
            if (best.Accuracy is double accuracy)
            {
                m.Add(new("validation_accuracy", accuracy, "fraction", Method: $"likeliest class right, at step {best.Step}", Rows: data.ValidationRows.Length));
            }
        }
        m.Add(new("steps", state.Step, "steps", Method: "updates of the weights"));
        m.Add(new("epochs", trained / (double)(settings.StepsPerEpoch(data.TrainRows.Length) * settings.BatchSize), "epochs", Method: "updates by updates an epoch"));
        m.Add(new("seconds", state.Seconds, "seconds", Method: "wall time of the run, interruptions not counted"));
        if (state.StepSeconds > 0)
        {
            m.Add(new("samples_per_second", trained / state.StepSeconds, "rows per second", Method: "rows by the time of the steps, waiting for batches counted, validation and saving not", Rows: trained));
            if (updates.Count > 0) m.Add(new("update_seconds", updates.Order().ElementAt(updates.Count / 2), "seconds", Method: "median of the steps' times less those of waiting for batches, since the run was begun or resumed", Rows: updates.Count * (long)settings.BatchSize));
            m.Add(new("wait_share", Math.Min(1, state.WaitSeconds / state.StepSeconds), "fraction", Method: "time waiting for batches by the time of the steps"));
        }
        m.Add(new("graph_bytes", session.AllocatedPeak, "bytes", Method: "what the session allocated for buffers at the peak, counted as it was allocated"));
        if (options.MemoryBaseline is Bytes baseline)
        {
            m.Add(new("working_bytes", Math.Max(0, (new Bytes(ProcessMemory.Peak) - baseline).Value), "bytes", Method: $"peak resident set of the process less {baseline.Value} bytes right after libtorch was loaded"));
        }
        return m;
    }
}
