using Headroom.Evaluation.Classification;
using Headroom.Evaluation.Regression;
using Headroom.Evidence;

namespace Headroom.Evaluation.Tests;

public sealed class ScoreInputTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_label_outside_the_range_names_its_row_and_the_range(int label)
    {
        InputException e = Assert.Throws<InputException>(() => Scores.FromLogits([[0, 1, 2], [0, 1, 2]], 0, label));
        Assert.Contains("labels, row 1", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{label}", e.Message, StringComparison.Ordinal);
        Assert.Contains("0 to 2", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_logit_that_is_no_number_names_row_and_class(double logit)
    {
        InputException e = Assert.Throws<InputException>(() => Scores.FromLogits([[0, 1], [2, logit]], 0, 0));
        Assert.Contains("row 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("'class 1'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_logit_of_minus_infinity_is_a_probability_of_0_unless_all_are()
    {
        Assert.Equal(0, Scores.FromLogits([[0, double.NegativeInfinity]], 0).Probabilities(0)[1]);
        Assert.Throws<InputException>(() => Scores.FromLogits([[double.NegativeInfinity, double.NegativeInfinity]], 0));
    }

    [Theory]
    [InlineData(double.NaN, 0.5, "row 0")]
    [InlineData(1.5, -0.5, "outside 0 to 1")]
    [InlineData(0.5, 0.4, "sum to 0.9")]
    [InlineData(0, 0, "sum to 0")]
    public void Rows_that_are_no_probabilities_are_refused(double first, double second, string said) =>
        Assert.Contains(said, Assert.Throws<InputException>(() => Scores.FromProbabilities([[first, second]], 0)).Message, StringComparison.Ordinal);

    [Fact] // what softmax in half precision gives
    public void Rows_that_sum_to_1_but_for_rounding_are_taken() => Assert.Equal(0.3335, Scores.FromProbabilities([[0.3335, 0.3335, 0.3335]], 0).Confidence[0]);

    [Fact]
    public void Sizes_that_clash_are_named() => Assert.Contains("5 outputs for 2 rows of 3 classes",
        Assert.Throws<InputException>(() => ClassificationScores.FromLogits<float>(new float[5], [0, 1], Scores.Names(3))).Message, StringComparison.Ordinal);

    [Fact]
    public void No_rows_and_a_single_class_are_refused()
    {
        Assert.Throws<InputException>(() => ClassificationScores.FromLogits<float>([], [], Scores.Names(3)));
        Assert.Throws<InputException>(() => ClassificationScores.FromLogits<float>([1], [0], Scores.Names(1)));
        Assert.Throws<InputException>(() => RegressionScores.Of<float>([], []));
    }

    [Fact]
    public void Half_precision_is_read_too() => Assert.Equal(1, ClassificationScores.FromLogits<Half>([(Half)0, (Half)2], [1], Scores.Names(2)).Predicted[0]);

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.NegativeInfinity)]
    public void A_prediction_or_target_that_is_not_finite_names_its_row(double prediction, double target) =>
        Assert.Contains("row 1", Assert.Throws<InputException>(() => RegressionScores.Of<double>([1, prediction], [1, target])).Message, StringComparison.Ordinal);
}
