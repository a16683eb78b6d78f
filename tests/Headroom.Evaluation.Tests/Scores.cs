using CsCheck;
using Headroom.Evaluation.Classification;

namespace Headroom.Evaluation.Tests;

/// <summary>Scores for tests.</summary>
internal static class Scores
{
    public static string[] Names(int classes) => [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];

    public static ClassificationScores FromProbabilities(double[][] rows, params int[] labels) =>
        ClassificationScores.FromProbabilities<double>(rows.SelectMany(r => r).ToArray(), labels, Names(rows[0].Length));

    public static ClassificationScores FromLogits(double[][] rows, params int[] labels) =>
        ClassificationScores.FromLogits<double>(rows.SelectMany(r => r).ToArray(), labels, Names(rows[0].Length));

    /// <summary>Two classes, the first of which is predicted with that confidence, at least 1/2.</summary>
    public static ClassificationScores Binary(params (double Confidence, bool Right)[] rows) =>
        FromProbabilities([.. rows.Select(r => new[] { r.Confidence, 1 - r.Confidence })], [.. rows.Select(r => r.Right ? 0 : 1)]);

    /// <summary>Random logits of 2 to 6 classes for 2 to 60 rows.</summary>
    public static readonly Gen<(double[][] Logits, int[] Labels)> Any =
        Gen.Select(Gen.Int[2, 6], Gen.Int[2, 60]).SelectMany(size => Gen.Select(
            Gen.Double[-6, 6].Array[size.Item1].Array[size.Item2],
            Gen.Int[0, size.Item1 - 1].Array[size.Item2]));
}
