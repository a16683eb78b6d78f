using CsCheck;
using Headroom.Cli.Report;
using Headroom.Evidence;

namespace Headroom.Cli.Tests.Report;

public sealed class ShowTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(12, "12")]
    [InlineData(0.31274, "0.3127")]
    [InlineData(1184.2, "1,184.2")]
    [InlineData(60214, "60,214")]
    [InlineData(-2.5, "−2.5")]
    [InlineData(0.0000038, "3.8e-6")]
    [InlineData(0.00123456, "0.001235")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.PositiveInfinity, "–")]
    public void A_number_has_four_digits(double value, string text) => Assert.Equal(text, Show.Number(value));

    [Fact]
    public void An_open_interval_says_which_end_is_known()
    {
        Assert.Equal("at least 1", Show.Interval(new Interval(1, double.PositiveInfinity), v => Show.Number(v)));
        Assert.Equal("at most 2", Show.Interval(new Interval(double.NegativeInfinity, 2), v => Show.Number(v)));
        Assert.Equal("–", Show.Interval(null, v => Show.Number(v)));
    }

    [Theory]
    [InlineData("System.IO", "System.IO")]
    [InlineData("Microsoft.EntityFrameworkCore.Infrastructure", "Microsoft.E…rastructure")]
    public void A_long_name_loses_its_middle(string name, string text) => Assert.Equal(text, Show.Short(name, 23));

    [Fact]
    public void A_shortened_name_fits_whatever_it_is_made_of() => Gen.String.Sample(name => Show.Width(Show.Short(name, 12)) <= 12);

    [Fact]
    public void Escaped_text_holds_nothing_that_markup_is_made_of() => Gen.String.Sample(text => Html.Escape(text).All(c => c is not ('<' or '>' or '"' or '\'' or < '\t')));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 3)]
    [InlineData(-1e300, 1e300)]
    [InlineData(0.90123, 0.90124)]
    [InlineData(0, 5e-324)]
    public void An_axis_holds_its_values_and_a_few_ticks(double low, double high)
    {
        Scale scale = Scale.Around(low, high, 0, 100, 5);
        double hair = 1e-8 * (scale.High - scale.Low);
        Assert.True(scale.Low <= low + hair && scale.High >= high - hair && scale.Low < scale.High);
        Assert.InRange(scale.Ticks(5).Count(), 2, 12);
        Assert.InRange(scale.At(low), -0.01, 100.01);
    }

    [Fact]
    public void Ticks_that_differ_read_differently() => Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[1e-4, 1e6]).Sample((low, size) =>
    {
        string[] labels = [.. Scale.Around(low, low + size, 0, 1, 5).Ticks(5).Select(t => t.Label)];
        return labels.Distinct().Count() == labels.Length;
    });
}
