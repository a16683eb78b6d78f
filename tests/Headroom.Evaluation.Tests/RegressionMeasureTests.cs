using CsCheck;
using Headroom.Evaluation.Regression;
using Headroom.Evidence;

namespace Headroom.Evaluation.Tests;

public sealed class RegressionMeasureTests
{
    private static readonly MeasureSettings Few = new(Resamples: 40);

    [Fact]
    public void All_measures_are_found() => Assert.Equal(["mae", "r2", "rmse"], Measures.Names<RegressionScores>());

    [Fact] // errors 1, -1, 2, 0; targets 1 2 3 4 have a sum of squares of 5
    public void Closed_forms_of_four_rows()
    {
        RegressionScores scores = RegressionScores.Of<double>([2, 1, 5, 4], [1, 2, 3, 4], "dollars");
        Assert.Equal(1, new MeanAbsoluteError().Of(scores, Few).Value, 12);
        Assert.Equal(Math.Sqrt(1.5), new RootMeanSquaredError().Of(scores, Few).Value, 12);
        Assert.Equal(1 - (6 / 5.0), new RSquared().Of(scores, Few)!.Value, 12);
        Assert.Equal("dollars", new RootMeanSquaredError().Of(scores, Few).Unit);
    }

    [Fact]
    public void Predicting_the_mean_explains_nothing() => Assert.Equal(0, new RSquared().Of(RegressionScores.Of<double>([2, 2, 2], [1, 2, 3]), Few)!.Value, 12);

    [Fact]
    public void Equal_targets_leave_R_squared_undefined() =>
        Assert.DoesNotContain(Measures.Of(RegressionScores.Of<float>([1, 2, 3], [4, 4, 4]), Few), m => m.Name == "r2");

    [Fact]
    public void The_root_mean_square_is_at_least_the_mean_absolute_error() => Gen.Select(Gen.Double[-9, 9], Gen.Double[-9, 9]).Array[2, 50].Sample(rows =>
    {
        RegressionScores scores = RegressionScores.Of<double>(rows.Select(r => r.Item1).ToArray(), rows.Select(r => r.Item2).ToArray());
        Measurement mae = new MeanAbsoluteError().Of(scores, Few), rmse = new RootMeanSquaredError().Of(scores, Few);
        Assert.True(rmse.Value >= mae.Value - 1e-12);
        Assert.True(rmse.Interval!.Value.Low <= rmse.Interval.Value.High);
    }, iter: 100);
}
