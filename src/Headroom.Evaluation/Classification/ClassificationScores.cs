using System.Numerics;
using Headroom.Evidence;

namespace Headroom.Evaluation.Classification;

/// <summary>A classifier's outputs on rows whose class is known: what every measure of classification is made from.</summary>
/// <remarks>Probabilities are kept in double precision, 8 bytes for each row and class. Rows are counted from 0.</remarks>
public sealed class ClassificationScores
{
    // Softmax in half precision misses a sum of 1 by up to about this much.
    private const double SumTolerance = 1e-3, RangeTolerance = 1e-6;

    private readonly double[] probabilities, confidence, logLikelihood;
    private readonly int[] labels, predicted;

    private ClassificationScores(double[] probabilities, double[] logLikelihood, int[] predicted, int[] labels, IReadOnlyList<string> classes)
    {
        (this.probabilities, this.logLikelihood, this.predicted, this.labels, Classes) = (probabilities, logLikelihood, predicted, labels, classes);
        confidence = new double[labels.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            confidence[row] = Probabilities(row)[predicted[row]];
            if (predicted[row] == labels[row]) Correct++;
        }
    }

    public int Rows => labels.Length;

    /// <summary>The names of the classes, in the order of the outputs.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Rows whose most probable class is the true one.</summary>
    public int Correct { get; }

    /// <summary>The true class of each row, <c>[rows]</c>.</summary>
    public ReadOnlySpan<int> Labels => labels;

    /// <summary>The most probable class of each row, of equals the first, <c>[rows]</c>.</summary>
    public ReadOnlySpan<int> Predicted => predicted;

    /// <summary>The probability of the predicted class, <c>[rows]</c>.</summary>
    public ReadOnlySpan<double> Confidence => confidence;

    /// <summary>The natural logarithm of the true class's probability, <c>[rows]</c>; -∞ where that is 0.</summary>
    public ReadOnlySpan<double> LogLikelihood => logLikelihood;

    /// <summary>The probabilities of a row, <c>[classes]</c>.</summary>
    public ReadOnlySpan<double> Probabilities(int row) => probabilities.AsSpan(row * Classes.Count, Classes.Count);

    /// <summary>From logits, whose softmax is taken in double precision.</summary>
    /// <param name="logits"><c>[rows, classes]</c>; -∞ stands for a probability of 0.</param>
    /// <param name="labels"><c>[rows]</c>, each in [0, classes).</param>
    /// <param name="classes">Their names, two or more.</param>
    /// <param name="source">Where the outputs come from, for messages.</param>
    /// <exception cref="InputException">A logit is NaN or +∞, all of a row are -∞, a label is outside the range, or there are no rows.</exception>
    public static ClassificationScores FromLogits<T>(ReadOnlySpan<T> logits, ReadOnlySpan<int> labels, IReadOnlyList<string> classes, string source = "model output")
        where T : IFloatingPointIeee754<T>
    {
        Check(logits.Length, labels, classes, source);
        int width = classes.Count;
        double[] probabilities = new double[logits.Length], logLikelihood = new double[labels.Length];
        int[] predicted = new int[labels.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            Span<double> p = probabilities.AsSpan(row * width, width);
            int best = 0;
            for (int c = 0; c < width; c++)
            {
                p[c] = double.CreateChecked(logits[(row * width) + c]);
                if (double.IsNaN(p[c]) || double.IsPositiveInfinity(p[c])) throw NotFinite(source, row, classes[c], p[c]);
                if (p[c] > p[best]) best = c;
            }
            double top = p[best], sum = 0, truth = p[labels[row]];
            if (double.IsNegativeInfinity(top)) throw NotFinite(source, row, classes[best], top);
            for (int c = 0; c < width; c++) sum += p[c] = Math.Exp(p[c] - top);
            for (int c = 0; c < width; c++) p[c] /= sum;
            // From the logits, not from the probability: that may round to 0 or 1.
            logLikelihood[row] = truth - top - Math.Log(sum);
            predicted[row] = best;
        }
        return new ClassificationScores(probabilities, logLikelihood, predicted, labels.ToArray(), [.. classes]);
    }

    /// <summary>From probabilities, which are used as they are.</summary>
    /// <param name="probabilities"><c>[rows, classes]</c>, in [0, 1] within 1e-6, each row's sum 1 within 1e-3.</param>
    /// <param name="labels"><c>[rows]</c>, each in [0, classes).</param>
    /// <param name="classes">Their names, two or more.</param>
    /// <param name="source">Where the outputs come from, for messages.</param>
    /// <exception cref="InputException">A probability is none, a row doesn't sum to 1, a label is outside the range, or there are no rows.</exception>
    public static ClassificationScores FromProbabilities<T>(ReadOnlySpan<T> probabilities, ReadOnlySpan<int> labels, IReadOnlyList<string> classes, string source = "model output")
        where T : IFloatingPointIeee754<T>
    {
        Check(probabilities.Length, labels, classes, source);
        int width = classes.Count;
        double[] kept = new double[probabilities.Length], logLikelihood = new double[labels.Length];
        int[] predicted = new int[labels.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            Span<double> p = kept.AsSpan(row * width, width);
            int best = 0;
            double sum = 0;
            for (int c = 0; c < width; c++)
            {
                double given = double.CreateChecked(probabilities[(row * width) + c]);
                if (!(given >= -RangeTolerance && given <= 1 + RangeTolerance))
                {
                    throw new InputException($"{source}, row {row}", FormattableString.Invariant($"the probability of class '{classes[c]}' is {given}, outside 0 to 1."),
                        "Give probabilities, or say that the model's outputs are logits; a NaN means that the training diverged.");
                }
                sum += p[c] = Math.Clamp(given, 0, 1);
                if (p[c] > p[best]) best = c;
            }
            if (Math.Abs(sum - 1) > SumTolerance)
            {
                throw new InputException($"{source}, row {row}", FormattableString.Invariant($"the {width} probabilities sum to {sum}, not to 1."),
                    "Give probabilities of classes that exclude each other, or say that the model's outputs are logits.");
            }
            logLikelihood[row] = Math.Log(p[labels[row]]);
            predicted[row] = best;
        }
        return new ClassificationScores(kept, logLikelihood, predicted, labels.ToArray(), [.. classes]);
    }

    private static void Check(int values, ReadOnlySpan<int> labels, IReadOnlyList<string> classes, string source)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (labels.Length == 0) throw new InputException(source, "there are no rows to evaluate.", "Give a test split with rows in it.");
        if (classes.Count < 2) throw new InputException(source, $"{classes.Count} class is no classification.", "Give labels of two classes or more.");
        if (values != (long)labels.Length * classes.Count)
        {
            throw new InputException(source, $"{values} outputs for {labels.Length} rows of {classes.Count} classes; there should be {(long)labels.Length * classes.Count}.",
                "Evaluate the model with the classes that it was trained with.");
        }
        for (int row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes.Count)
            {
                throw new InputException($"labels, row {row}", $"the label is {labels[row]}, but the model's {classes.Count} classes are numbered 0 to {classes.Count - 1}.",
                    "Leave out rows whose class the model doesn't know, or train it with them.");
            }
        }
    }

    private static InputException NotFinite(string source, int row, string name, double value) => new($"{source}, row {row}",
        FormattableString.Invariant($"the logit of class '{name}' is {value}."), "The model's weights or this row's inputs are not finite: check the row, or train again with a lower learning rate.");
}
