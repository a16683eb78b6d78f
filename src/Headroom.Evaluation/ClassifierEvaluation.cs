using Headroom.Evaluation.Classification;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Evaluation;

/// <summary>The exported model's logits of <paramref name="count"/> rows from row <paramref name="from"/> on, <c>[count, classes]</c>.</summary>
public delegate ReadOnlyMemory<float> PredictRows(int from, int count);

/// <summary>Runs an exported classifier over the test rows and makes its <c>evaluation.json</c>.</summary>
public static class ClassifierEvaluation
{
    /// <summary>The names that gates can be set on.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Measures.Names<ClassificationScores>(), LogitParity.Name];

    /// <summary>Predicts all rows in batches, measures, and holds the gates against the result.</summary>
    /// <param name="predict">The exported file under ONNX Runtime.</param>
    /// <param name="labels">The true class of each test row, <c>[rows]</c>.</param>
    /// <param name="classes">The names, in the order of the model's outputs.</param>
    /// <param name="trainerLogits">The trainer's own logits of the first test rows, <c>[any, classes]</c>, for parity; none for a model that was trained elsewhere.</param>
    /// <param name="context">Hashes, gates, the baseline.</param>
    /// <param name="batch">Rows predicted at once.</param>
    /// <param name="progress">Told the rows done.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    /// <exception cref="InputException">The model's outputs don't fit the classes or are not finite, or a label is outside the range.</exception>
    public static EvaluationDocument Run(PredictRows predict, ReadOnlySpan<int> labels, IReadOnlyList<string> classes, ReadOnlySpan<float> trainerLogits = default,
        EvaluationContext? context = null, int batch = 256, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        float[] logits = Predict(predict, labels.Length, classes, batch, progress, cancellation);
        ClassificationScores scores = ClassificationScores.FromLogits<float>(logits, labels, classes, "model.onnx");
        return Evaluations.Of(scores, context, trainerLogits.IsEmpty ? null : Parity(trainerLogits, logits, classes.Count));
    }

    /// <summary>The accuracy alone, of a model that stands beside the one that is evaluated.</summary>
    /// <exception cref="InputException">As <see cref="Run"/>.</exception>
    public static Measurement Accuracy(PredictRows predict, ReadOnlySpan<int> labels, IReadOnlyList<string> classes, int batch = 256, CancellationToken cancellation = default)
        => new Accuracy().Of(ClassificationScores.FromLogits<float>(Predict(predict, labels.Length, classes, batch, null, cancellation), labels, classes, "the model"), new MeasureSettings());

    private static float[] Predict(PredictRows predict, int rows, IReadOnlyList<string> classes, int batch, IProgress<int>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(predict);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        float[] logits = new float[checked(rows * classes.Count)];
        for (int from = 0; from < rows; from += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(batch, rows - from);
            ReadOnlyMemory<float> outputs = predict(from, count);
            if (outputs.Length != count * classes.Count)
            {
                throw new InputException("model.onnx", $"it gave {outputs.Length} outputs for {count} rows, and there are {classes.Count} classes: {count * classes.Count} were to come.",
                    "Evaluate the model on the classes that it was trained with.");
            }
            outputs.Span.CopyTo(logits.AsSpan(from * classes.Count));
            progress?.Report(from + count);
        }
        return logits;
    }

    private static Measurement Parity(ReadOnlySpan<float> trainer, ReadOnlySpan<float> exported, int classes)
    {
        if (trainer.Length % classes != 0 || trainer.Length > exported.Length)
        {
            throw new InputException("parity", $"the trainer gave {trainer.Length} logits, which are no rows of {classes} classes among the {exported.Length / classes} test rows.", "Export the model again: the file is not of this training run.");
        }
        return LogitParity.Of(trainer, exported[..trainer.Length], trainer.Length / classes);
    }
}
