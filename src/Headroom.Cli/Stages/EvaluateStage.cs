using Headroom.Cli.Configuration;
using Headroom.Cli.Terminal;
using Headroom.Data.Features;
using Headroom.Data.Packing;
using Headroom.Data.Tables;
using Headroom.Evaluation;
using Headroom.Evaluation.Baselines;
using Headroom.Evaluation.Language;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;
using Headroom.Graph;
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
        EvaluationDocument document = run.Settings.Model.Preset.Draws() ? new DrawnEvaluation(run, data).Run(context)
            : data.Preprocessing.LanguageModel is LanguageModelEncoding language
            ? LanguageModel(session, language, trainer, context)
            : Classifier(session, trainer, context);
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

    private EvaluationDocument Classifier(OnnxSession session, float[] trainer, EvaluationContext context)
    {
        if (run.Settings.Evaluate.Baseline)
        {
            Lines.Note("training a plain linear model on the same rows, to stand beside ours");
            context = context with { Baseline = DatasetBaseline.Run(data.Dataset, data.Split!, data.Preprocessing.Label!, cancellation: run.Cancellation) };
        }
        var labels = new long[data.Test.Rows.Length];
        Copy(LabelEncoding.FieldName, data.Test.Rows, labels);
        Lines.Note($"running model.onnx under ONNX Runtime on {labels.Length:N0} test rows");
        int[] truth = [.. labels.Select(l => (int)l)];
        EvaluationDocument document = ClassifierEvaluation.Run((from, count) => Predict(session, from, count), truth, data.Classes, trainer, context, Batch, cancellation: run.Cancellation);
        return File.Exists(run.Before) ? document with { Measurements = [.. document.Measurements, Before(truth)] } : document;
    }

    /// <summary>The accuracy that an imported network had before it was trained here.</summary>
    private Measurement Before(int[] truth)
    {
        using OnnxSession session = OnnxSession.Load(run.Before, new OnnxSessionOptions { Threads = run.Settings.Train.Threads });
        Measurement accuracy = ClassifierEvaluation.Accuracy((from, count) => Predict(session, from, count), truth, data.Classes, Batch, run.Cancellation);
        return accuracy with { Name = "accuracy_before_training", Method = accuracy.Method + "; before.onnx: the imported network as training began with it" };
    }

    private EvaluationDocument LanguageModel(OnnxSession session, LanguageModelEncoding encoding, float[] trainer, EvaluationContext context)
    {
        var parts = new List<LanguageScores>();
        Measurement? parity = null;
        for (int from = 0; from < data.Test.Rows.Length; from += 8)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(8, data.Test.Rows.Length - from);
            ReadOnlyMemory<float> logits = Predict(session, from, count);
            if (from == 0 && trainer.Length == logits.Length) parity = LogitParity.Of<float>(trainer, logits.Span, count * encoding.Length);
            var targets = new long[count * encoding.Length];
            Copy(LabelEncoding.FieldName, data.Test.Rows.AsSpan(from, count), targets);
            parts.Add(LanguageScores.FromLogits(logits.Span, [.. targets.Select(t => (int)t)], encoding.Length, logits.Length / (count * encoding.Length), "model.onnx", ignored: PackedDocuments.NoLabel));
        }
        return Evaluations.Of(LanguageScores.Join(parts), context, parity);
    }

    private ReadOnlyMemory<float> Predict(OnnxSession session, int from, int count)
    {
        ReadOnlySpan<int> rows = data.Test.Rows.AsSpan(from, count);
        var inputs = new List<InferenceInput>();
        foreach (TensorInfo info in session.Inputs)
        {
            Field field = data.Test.Table.Fields[data.Test.Table.IndexOf(info.Name)];
            var shape = new Shape([count, .. field.RowShape.Select(d => (long)d)]);
            if (info.Element == ElementType.Int64)
            {
                var values = new long[shape.Elements];
                Copy(info.Name, rows, values);
                inputs.Add(InferenceInput.Of(info.Name, shape, values));
            }
            else
            {
                var values = new float[shape.Elements];
                Copy(info.Name, rows, values);
                inputs.Add(InferenceInput.Of(info.Name, shape, values));
            }
        }
        using InferenceOutputs outputs = session.Run(inputs);
        return outputs.Span<float>("logits").ToArray();
    }

    private void Copy<T>(string field, ReadOnlySpan<int> rows, T[] destination) where T : unmanaged
        => data.Test.Table.CopyRows(rows, data.Test.Table.IndexOf(field), System.Runtime.InteropServices.MemoryMarshal.AsBytes(destination.AsSpan()));
}
