using System.Collections.Immutable;
using System.Text;
using Headroom.Evidence;
using Headroom.Planning.Calibration;

namespace Headroom.Planning.Tests.Calibration;

public sealed class CalibrationFileTests
{
    private static readonly FittedCalibration Some = new()
    {
        Name = "test",
        Note = "made up for a test",
        Tables = ["a"],
        Parameters = [new() { Name = "matrix share", Per = "family", Unit = "1", Meaning = "of the peak", Lower = 0.1, Upper = 1, Values = ImmutableSortedDictionary<string, double>.Empty.Add("A100", 0.8).Add("H100", 0.6) }],
        Residuals = [Residuals.From("step_seconds", "A100", [-0.1, 0, 0.05, 0.1, 0, 0, 0, 0, 0, 0.02]), Residuals.From("step_seconds", "all", [-0.2, 0, 0.2])],
        LeftOut = [Residuals.From("step_seconds", "all", [-0.4, 0, 0.5])],
    };

    private static FittedCalibration Parse(string json) => CalibrationFile.Parse(Encoding.UTF8.GetBytes(json), "c.json");

    [Fact]
    public void What_is_written_is_read()
    {
        string json = CalibrationFile.Write(Some);
        Assert.Equal(json, CalibrationFile.Write(Parse(json)));
        Assert.Equal(0.6, Parse(json).Value("matrix share", "H100"));
    }

    [Fact]
    public void A_family_that_was_never_fitted_has_the_usual_value() => Assert.Equal(0.7, Some.Value("matrix share", "B200"), 1e-12);

    [Fact]
    public void Intervals_are_wider_where_nothing_was_measured()
    {
        PredictionInterval known = Some.Interval("step_seconds", "A100", 10)!.Value, unknown = Some.Interval("step_seconds", "B200", 10)!.Value;
        Assert.False(known.Extrapolates);
        Assert.True(unknown.Extrapolates);
        Assert.True(unknown.Low < known.Low && unknown.High > known.High);
        Assert.Equal(10 / Math.Exp(Some.LeftOut[0].Quantiles[^1]), unknown.Low, 1e-12);
        Assert.Null(Some.Interval("watts", "A100", 10));
    }

    [Theory]
    [InlineData("0.8", "1.8", "outside")]
    [InlineData("\"family\"", "\"moon\"", "none of family, stack and all")]
    [InlineData("\"name\": \"test\"", "\"nome\": \"test\"", "no calibration")]
    [InlineData("\"lower\": 0.1", "\"lower\": null", "no calibration")]
    [InlineData("{", "[", "no calibration")]
    public void What_cannot_be_is_refused(string old, string other, string said)
    {
        var e = Assert.Throws<InputException>(() => Parse(CalibrationFile.Write(Some).Replace(old, other, StringComparison.Ordinal)));
        Assert.Contains("c.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Those_that_Headroom_brings_can_be_read()
    {
        foreach (string name in new[] { "llm-training", "llm-serving", "vision", "power" }.Where(Calibrations.Has)) Assert.Equal(name, Calibrations.Named(name).Name);
    }
}
