using CsCheck;
using Headroom.Evaluation.Calibration;
using Headroom.Evaluation.Classification;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Evaluation.Tests;

public sealed class CalibrationTests
{
    private static readonly MeasureSettings Few = new(Resamples: 40);

    [Fact] // torchmetrics puts a confidence of exactly 1.0 into a bin of its own; the definition doesn't
    public void Confidence_of_one_belongs_to_the_last_bin() => Assert.Equal(0.45, Ece(2, (1.0, true), (0.9, false)), 12);

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.25, 1)]
    [InlineData(0.4999, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.75, 3)]
    [InlineData(1.0, 3)]
    public void An_edge_belongs_to_the_bin_above_it(double confidence, int bin) => Assert.Equal(bin, ReliabilityDiagram.BinOf(confidence, 4));

    [Fact] // 3 of 4 right at 0.75, 4 of 5 right at 0.8, in bins of their own
    public void Bins_whose_accuracy_is_their_confidence_have_an_error_of_0() => Assert.Equal(0, Ece(15,
        (0.75, true), (0.75, true), (0.75, true), (0.75, false), (0.8, true), (0.8, true), (0.8, true), (0.8, true), (0.8, false)), 12);

    [Fact] // two rows at 0.9, one of them right: 0.4 off; one row at 0.6, wrong: 0.6 off
    public void Gaps_are_weighted_by_rows() => Assert.Equal(((2 * 0.4) + 0.6) / 3, Ece(10, (0.9, true), (0.9, false), (0.6, false)), 12);

    [Fact]
    public void Sure_and_always_wrong_is_an_error_of_1() => Assert.Equal(1, Ece(15, (1, false), (1, false)));

    [Fact]
    public void The_error_is_the_diagrams_weighted_gap() => Scores.Any.Sample((logits, labels) =>
    {
        ClassificationScores scores = Scores.FromLogits(logits, labels);
        bool[] right = [.. Enumerable.Range(0, scores.Rows).Select(i => scores.Predicted[i] == scores.Labels[i])];
        IReadOnlyList<ReliabilityBin> bins = ReliabilityDiagram.Of(scores.Confidence, right);
        Assert.Equal(scores.Rows, bins.Sum(b => b.Rows));
        Assert.All(bins, b => Assert.Equal(b.Rows == 0, b.Confidence is null || b.Accuracy is null));
        Assert.All(bins.Where(b => b.Rows > 0), b => Assert.InRange(b.Confidence!.Value, b.Low - 1e-9, b.High + 1e-9));
        double weighted = bins.Where(b => b.Rows > 0).Sum(b => b.Rows * Math.Abs(b.Accuracy!.Value - b.Confidence!.Value)) / scores.Rows;
        Measurement ece = new ExpectedCalibrationError().Of(scores, Few);
        Assert.Equal(weighted, ece.Value, 10);
        Assert.True(ece.Interval!.Value.Contains(ece.Value));
    }, iter: 100);

    [Fact]
    public void A_confidence_outside_0_to_1_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ReliabilityDiagram.Of([1.1], [true]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReliabilityDiagram.Of([double.NaN], [true]));
    }

    private static double Ece(int bins, params (double, bool)[] rows) => new ExpectedCalibrationError { Bins = bins }.Of(Scores.Binary(rows), Few).Value;
}
