using Headroom.Evaluation.Language;
using Headroom.Evidence;

namespace Headroom.Evaluation.Tests;

public sealed class LanguageMeasureTests
{
    private static readonly MeasureSettings Few = new(Resamples: 40);

    [Fact]
    public void All_measures_are_found() => Assert.Equal(["loss_per_token", "perplexity", "token_accuracy"], Measures.Names<LanguageScores>());

    [Fact]
    public void A_model_that_knows_nothing_has_the_vocabulary_as_its_perplexity()
    {
        LanguageScores scores = LanguageScores.FromLogits(new float[3 * 4 * 65], new int[12], length: 4, vocabulary: 65);
        Assert.Equal(Math.Log(65), new LossPerToken().Of(scores, Few).Value, 6);
        Assert.Equal(65, new Perplexity().Of(scores, Few)!.Value, 4);
        Assert.Equal(1, new TokenAccuracy().Of(scores, Few).Value);
    }

    [Fact] // 10 nats over 4 tokens and 2 nats over 8: 12 / 12, not the mean of 2.5 and 0.25
    public void Windows_count_by_their_tokens()
    {
        LanguageScores scores = LanguageScores.Of([10, 2], [4, 8], [1, 5]);
        Assert.Equal(1, new LossPerToken().Of(scores, Few).Value, 12);
        Assert.Equal(0.5, new TokenAccuracy().Of(scores, Few).Value, 12);
        Measurement loss = new LossPerToken().Of(scores, Few), perplexity = new Perplexity().Of(scores, Few)!;
        Assert.Equal(Math.Exp(loss.Interval!.Value.High), perplexity.Interval!.Value.High, 9);
        Assert.Contains("12 tokens of 2 windows", loss.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_join_to_what_they_are_together() => Assert.Equal(
        new LossPerToken().Of(LanguageScores.Of([1, 2, 3], [2, 2, 2], [0, 1, 2]), Few),
        new LossPerToken().Of(LanguageScores.Join([LanguageScores.Of([1], [2], [0]), LanguageScores.Of([2, 3], [2, 2], [1, 2])]), Few));

    [Fact]
    public void A_token_outside_the_vocabulary_names_its_window() =>
        Assert.Contains("window 1, token 0", Assert.Throws<InputException>(() => LanguageScores.FromLogits(new float[12], [0, 1, 3, 0], length: 2, vocabulary: 3)).Message, StringComparison.Ordinal);

    [Fact]
    public void Places_that_predict_nothing_are_left_out()
    {
        float[] logits = [1, 2, 3, 9, 9, 9, 0, 0, 0, 4, 5, 6];
        LanguageScores scores = LanguageScores.FromLogits(logits, [2, -100, 1, -100], length: 2, vocabulary: 3, ignored: -100);
        Assert.Equal([1, 1], scores.Tokens.ToArray());
        Assert.Equal(Math.Log(3), scores.Loss[1], 6);
        Assert.Throws<InputException>(() => LanguageScores.FromLogits(logits, [2, -100, 1, 0], length: 2, vocabulary: 3));
    }

    [Fact]
    public void A_loss_that_is_no_number_is_refused() => Assert.Throws<InputException>(() => LanguageScores.Of([double.NaN], [1], [0]));
}
