using Headroom.Cli.Configuration;
using Headroom.Cli.Terminal;
using Headroom.Data.Features;
using Headroom.Data.Packing;
using Headroom.Evaluation;
using Headroom.Evaluation.Baselines;
using Headroom.Evaluation.Language;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;
using Headroom.Inference;
using Headroom.Training.Checkpoints;

namespace Headroom.Cli.Stages;

/// <summary>Measures the exported file under ONNX Runtime on the test rows: writes evaluation.json.</summary>
internal sealed class EvaluateStage(RunContext run, Prepared data)
{
    private const int Batch = 256;

    /// <exception cref="InputException">The model is not the one that was trained, or can't be measured.</exception>
    public EvaluationDocument Run()
    {
        CheckModel();
        Lines.Stage("Evaluate");
        Gate[] gates = run.Settings.ParseGates(run.SettingsFile);
        using OnnxSession session = OnnxSession.Load(run.Folder.Model, new OnnxSessionOptions { Threads = run.Settings.Train.Threads });
        float[] trainer = [];
        if (File.Exists(run.Parity))
        {
            using SafetensorsFile file = SafetensorsFile.Open(run.Parity);
            trainer = file.Read("logits").As<float>().ToArray();
        }
        var context = new EvaluationContext { Inputs = Inputs(), Gates = gates };
        var rows = new TestRows(session, data.Test);
        EvaluationDocument document = run.Settings.Model.Preset.Task() switch
        {
            ModelTask.NextToken => LanguageModel(rows, data.Preprocessing.LanguageModel!, trainer, context),
            ModelTask.Draw => new DrawnEvaluation(run, data).Run(context),
            ModelTask.Forecast => new ForecastEvaluation(data.Series!, data.Preprocessing.Series!.Horizon, run.Settings.Data.Series.Seasons).Run(rows, trainer, context, run.Cancellation),
            _ => Classifier(rows, trainer, context),
        };
        run.Folder.Write(document);
        return document;
    }

    /// <summary>What is measured is what was trained: another file under its name would be given this run's evidence.</summary>
    private void CheckModel()
    {
        if (!run.Folder.Has<TrainingDocument>() || run.Folder.Read<TrainingDocument>().Model is not FileReference named) return;
        string found = ContentHash.OfFile(run.Folder.Model);
        if (found != named.Sha256)
            throw new InputException(run.Folder.Model, $"it is not the model that training.json names: its SHA-256 is {found[..12]}…, there it is {named.Sha256[..12]}…", "Put the run's own model.onnx back, or train again.");
    }

    private Dictionary<string, string> Inputs()
    {
        var inputs = new Dictionary<string, string> { ["dataset"] = data.Fingerprint, ["model.onnx"] = ContentHash.OfFile(run.Folder.Model) };
        if (run.Folder.Has<TrainingDocument>()) inputs["training"] = run.Folder.HashOf<TrainingDocument>();
        return inputs;
    }

    private EvaluationDocument Classifier(TestRows rows, float[] trainer, EvaluationContext context)
    {
        if (run.Settings.Evaluate.Baseline)
        {
            Lines.Note("training a plain linear model on the same rows, to stand beside ours");
            context = context with { Baseline = DatasetBaseline.Run(data.Dataset, data.Split!, data.Preprocessing.Label!, cancellation: run.Cancellation) };
        }
        long[] labels = rows.Values<long>(LabelEncoding.FieldName, data.Test.Rows);
        Lines.Note($"running model.onnx under ONNX Runtime on {labels.Length:N0} test rows");
        int[] truth = [.. labels.Select(l => (int)l)];
        EvaluationDocument document = ClassifierEvaluation.Run(rows.Predict, truth, data.Classes, trainer, context, Batch, cancellation: run.Cancellation);
        return File.Exists(run.Before) ? document with { Measurements = [.. document.Measurements, Before(truth)] } : document;
    }

    /// <summary>The accuracy that an imported network had before it was trained here.</summary>
    private Measurement Before(int[] truth)
    {
        using OnnxSession session = OnnxSession.Load(run.Before, new OnnxSessionOptions { Threads = run.Settings.Train.Threads });
        Measurement accuracy = ClassifierEvaluation.Accuracy(new TestRows(session, data.Test).Predict, truth, data.Classes, Batch, run.Cancellation);
        return accuracy with { Name = "accuracy_before_training", Method = accuracy.Method + "; before.onnx: the imported network as training began with it" };
    }

    private EvaluationDocument LanguageModel(TestRows rows, LanguageModelEncoding encoding, float[] trainer, EvaluationContext context)
    {
        var parts = new List<LanguageScores>();
        Measurement? parity = null;
        for (int from = 0; from < data.Test.Rows.Length; from += 8)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(8, data.Test.Rows.Length - from);
            ReadOnlyMemory<float> logits = rows.Predict(from, count);
            if (from == 0 && trainer.Length == logits.Length) parity = LogitParity.Of<float>(trainer, logits.Span, count * encoding.Length);
            long[] targets = rows.Values<long>(LabelEncoding.FieldName, data.Test.Rows.AsSpan(from, count));
            parts.Add(LanguageScores.FromLogits(logits.Span, [.. targets.Select(t => (int)t)], encoding.Length, logits.Length / (count * encoding.Length), "model.onnx", ignored: PackedDocuments.NoLabel));
        }
        return Evaluations.Of(LanguageScores.Join(parts), context, parity);
    }
}
