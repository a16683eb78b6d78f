using CsCheck;

namespace Headroom.Evidence.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["accuracy", "balanced_accuracy", "macro_f1", "ece", "learningRate", "c"];

    [Theory]
    [InlineData("acuracy", "accuracy")]
    [InlineData("acucracy", "accuracy")]
    [InlineData("LearningRate", "learningRate")]
    [InlineData("ecc", "ece")]
    [InlineData("macro-f1", "macro_f1")]
    [InlineData("throughput", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void The_name_that_was_meant_is_found_and_no_other(string name, string? expected) => Assert.Equal(expected, NearestName.Find(name, Names));

    [Fact]
    public void The_distance_is_symmetric_zero_for_equals_and_at_most_the_longer_length()
    {
        Gen<string> text = Gen.Char['a', 'd'].Array[0, 8].Select(c => new string(c));
        Gen.Select(text, text).Sample((a, b) =>
        {
            int d = NearestName.Distance(a, b);
            return d == NearestName.Distance(b, a) && (d == 0) == (a == b) && d <= Math.Max(a.Length, b.Length) && d >= Math.Abs(a.Length - b.Length);
        });
    }

    [Fact]
    public void Neighbours_that_changed_places_are_one_mistake() => Assert.Equal(1, NearestName.Distance("ab", "ba"));

    [Fact] // the table would take 10¹⁰ cells
    public void A_monstrous_name_takes_no_time_and_no_memory() => Assert.Null(NearestName.Find(new string('a', 100_000), [new string('a', 100_001)]));
}
