using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Headroom.Evidence.Randomness;

namespace Headroom.Evaluation.Baselines;

/// <summary>Multinomial logistic regression, trained row by row with AdaGrad on one thread: the plain model that a better one must beat.</summary>
/// <remarks>
/// Duchi, Hazan and Singer, JMLR 12, 2011: each weight's step is rate / √(Σ g²) · g, which suits features of very different frequency. No penalty on the weights:
/// training ends where the loss on the validation rows is lowest. Weights lie as <c>[columns + 1, width]</c>, the last row being the bias,
/// with width the classes rounded up to whole vectors of 8.
/// </remarks>
public sealed class LinearModel
{
    private const int Lanes = 8;

    // Keeps 0/0 out of columns that are padding.
    private const float Least = 1e-8f;

    private readonly int columns, width;
    private readonly float[] weights, squares;
    private readonly float[] gradient, scores;

    private LinearModel(int columns, int classes)
    {
        (this.columns, Classes, width) = (columns, classes, (classes + Lanes - 1) / Lanes * Lanes);
        (weights, squares) = (new float[(columns + 1) * width], new float[(columns + 1) * width]);
        (gradient, scores) = (new float[width], new float[width]);
    }

    public int Classes { get; }

    /// <summary>The learning rate that was taken.</summary>
    public float Rate { get; private set; }

    /// <summary>Passes over the training rows after which the validation loss was lowest.</summary>
    public int Epochs { get; private set; }

    /// <summary>The weights that a model of so many columns and classes has, each with its sum of squares beside it.</summary>
    public static long WeightsOf(int columns, int classes) => (columns + 1L) * ((classes + Lanes - 1) / Lanes * Lanes);

    /// <summary>Trains a model.</summary>
    /// <param name="train">The training rows.</param>
    /// <param name="labels">Their classes, each in [0, classes).</param>
    /// <param name="validation">Rows by which rate and epochs are chosen.</param>
    /// <param name="validationLabels">Their classes.</param>
    /// <param name="classes">Two or more.</param>
    /// <param name="settings">How.</param>
    /// <param name="cancellation">Looked at every thousand rows.</param>
    public static LinearModel Train(FeatureRows train, int[] labels, FeatureRows validation, int[] validationLabels, int classes, LinearSettings? settings = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Length, train.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(validationLabels.Length, validation.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(validation.Columns, train.Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfZero(train.Rows);
        ArgumentOutOfRangeException.ThrowIfZero(validation.Rows);
        LinearSettings chosen = settings ?? new();
        LinearModel model = new(train.Columns, classes);
        float trial = model.BestRate(train, labels, validation, validationLabels, chosen, cancellation);
        float[] best = new float[model.weights.Length];
        double lowest = double.PositiveInfinity;
        // A single pass over few rows favours a rate that is too high for many passes over all.
        foreach (float rate in (ReadOnlySpan<float>)[trial / 3, trial])
        {
            model.Clear();
            double lowestOfRate = double.PositiveInfinity;
            for ((int epoch, int since) = (1, 0); epoch <= chosen.Epochs && since <= chosen.Patience; epoch++, since++)
            {
                model.Pass(train, labels, new Philox(chosen.Seed, (ulong)epoch).Permutation(train.Rows), rate, cancellation);
                double loss = model.Loss(validation, validationLabels, cancellation);
                if (loss < lowestOfRate) (lowestOfRate, since) = (loss, -1);
                if (!(loss < lowest)) continue;
                (lowest, model.Epochs, model.Rate) = (loss, epoch, rate);
                model.weights.CopyTo(best, 0);
            }
        }
        best.CopyTo(model.weights, 0);
        return model;
    }

    /// <summary>The logits of all rows, <c>[rows, classes]</c>.</summary>
    public float[] Logits(FeatureRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Columns, columns);
        float[] result = new float[rows.Rows * Classes], logits = new float[width];
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.Read(row, out ReadOnlySpan<int> at, out ReadOnlySpan<float> values);
            Score(at, values, logits);
            logits.AsSpan(0, Classes).CopyTo(result.AsSpan(row * Classes));
        }
        return result;
    }

    private float BestRate(FeatureRows train, int[] labels, FeatureRows validation, int[] validationLabels, LinearSettings settings, CancellationToken cancellation)
    {
        int[] order = new Philox(settings.Seed, 0).Permutation(train.Rows);
        Array.Resize(ref order, Math.Min(order.Length, settings.TrialRows));
        float best = 0;
        double lowest = double.PositiveInfinity;
        foreach (float rate in settings.Rates ?? LinearSettings.DefaultRates)
        {
            Clear();
            Pass(train, labels, order, rate, cancellation);
            double loss = Loss(validation, validationLabels, cancellation);
            if (best == 0 || loss < lowest) (best, lowest) = (rate, loss);
        }
        return best;
    }

    private void Clear()
    {
        Array.Clear(weights);
        Array.Clear(squares);
    }

    private void Pass(FeatureRows rows, int[] labels, int[] order, float rate, CancellationToken cancellation)
    {
        Span<float> p = gradient;
        for (int i = 0; i < order.Length; i++)
        {
            if (i % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            rows.Read(order[i], out ReadOnlySpan<int> at, out ReadOnlySpan<float> values);
            Score(at, values, p);
            TensorPrimitives.SoftMax(p[..Classes], p[..Classes]);
            p[Classes..].Clear();
            p[labels[order[i]]] -= 1;
            for (int k = 0; k < at.Length; k++) Step(at[k] * width, values[k], rate);
            Step(columns * width, 1, rate);
        }
    }

    /// <summary>One row of weights: g = value · gradient, its squares added up, and the step taken.</summary>
    private void Step(int start, float value, float rate)
    {
        for (int i = 0; i < width; i += Lanes)
        {
            Vector256<float> g = Vector256.Create<float>(gradient.AsSpan(i, Lanes)) * value;
            Span<float> w = weights.AsSpan(start + i, Lanes), s = squares.AsSpan(start + i, Lanes);
            Vector256<float> sum = Vector256.Create<float>(s) + (g * g);
            sum.CopyTo(s);
            (Vector256.Create<float>(w) - (g * rate / (Vector256.Sqrt(sum) + Vector256.Create(Least)))).CopyTo(w);
        }
    }

    private void Score(ReadOnlySpan<int> at, ReadOnlySpan<float> values, Span<float> logits)
    {
        weights.AsSpan(columns * width, width).CopyTo(logits);
        for (int k = 0; k < at.Length; k++) TensorPrimitives.MultiplyAdd(weights.AsSpan(at[k] * width, width), values[k], logits, logits);
    }

    private double Loss(FeatureRows rows, int[] labels, CancellationToken cancellation)
    {
        double sum = 0;
        Span<float> z = scores;
        for (int row = 0; row < rows.Rows; row++)
        {
            if (row % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            rows.Read(row, out ReadOnlySpan<int> at, out ReadOnlySpan<float> values);
            Score(at, values, z);
            float top = TensorPrimitives.Max(z[..Classes]);
            double total = 0;
            foreach (float x in z[..Classes]) total += Math.Exp(x - top);
            sum += Math.Log(total) + top - z[labels[row]];
        }
        return sum / rows.Rows;
    }
}
