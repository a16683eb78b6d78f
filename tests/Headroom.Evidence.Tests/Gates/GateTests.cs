using System.Globalization;
using CsCheck;
using Headroom.Evidence.Gates;

namespace Headroom.Evidence.Tests.Gates;

public sealed class GateTests
{
    private static readonly Measurement[] Measured = [new("accuracy", 0.85, "fraction"), new("ece", 0.05, "fraction"), new("fairness.gap", 0.1, "fraction")];

    [Theory]
    [InlineData("accuracy >= 0.85", GateOutcome.Pass)]
    [InlineData("accuracy > 0.85", GateOutcome.Fail)]
    [InlineData("accuracy<=0.85", GateOutcome.Pass)]
    [InlineData("accuracy < 0.85", GateOutcome.Fail)]
    [InlineData("accuracy == 0.85", GateOutcome.Pass)]
    [InlineData("  ece  <=  5e-2 ", GateOutcome.Pass)]
    [InlineData("ece > -1", GateOutcome.Pass)]
    [InlineData("calibration.ece <= 0.05", GateOutcome.Pass)]
    [InlineData("fairness.gap <= 0.05", GateOutcome.Fail)]
    [InlineData("gap <= 0.05", GateOutcome.Missing)]
    [InlineData("recall >= 0.5", GateOutcome.Missing)]
    public void A_rule_passes_fails_or_misses_its_measurement(string rule, GateOutcome outcome)
    {
        GateResult result = Gate.Parse(rule).Evaluate(Measured);
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(outcome == GateOutcome.Missing, result.Value is null);
    }

    [Fact] // of a dotted name, the whole counts before its last part
    public void The_whole_name_wins_over_its_last_part() =>
        Assert.Equal(0.2, Gate.Parse("test.ece <= 1").Evaluate([new("ece", 0.1, "fraction"), new("test.ece", 0.2, "fraction")]).Value);

    [Fact]
    public void The_text_says_the_rule_and_what_was_measured()
    {
        Assert.Equal("accuracy >= 0.9: failed with 0.85", Gate.Parse("accuracy>=0.9").Evaluate(Measured).Text);
        Assert.Equal("acuracy >= 0.9: not measured. Did you mean 'accuracy'?", Gate.Parse("acuracy >= 0.9").Evaluate(Measured).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("accuracy")]
    [InlineData("accuracy = 0.9")]
    [InlineData("accuracy => 0.9")]
    [InlineData("accuracy >= ")]
    [InlineData("accuracy >= high")]
    [InlineData("accuracy >= NaN")]
    [InlineData("accuracy >= 1e999")]
    [InlineData("accuracy >= 0,9")]
    [InlineData(">= 0.9")]
    [InlineData("my accuracy >= 0.9")]
    [InlineData(".accuracy >= 0.9")]
    [InlineData("0.5 < accuracy < 0.9")]
    public void What_is_no_rule_is_refused_with_an_example(string rule)
    {
        InputException e = Assert.Throws<InputException>(() => Gate.Parse(rule, "headroom.yaml, line 3"));
        Assert.StartsWith("headroom.yaml, line 3: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("for example: accuracy >= 0.85", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_measurement_is_refused_with_the_nearest()
    {
        InputException e = Assert.Throws<InputException>(() => Gate.Parse("calibration.ecce <= 1", known: ["accuracy", "ece"]));
        Assert.Contains("Did you mean 'ece'?", e.Message, StringComparison.Ordinal);
        Assert.Equal("calibration.ece", Gate.Parse("calibration.ece <= 1", known: ["accuracy", "ece"]).Name);
    }

    [Fact]
    public void A_rule_reads_back_from_its_text() => Gen.Select(Gen.Double.Where(double.IsFinite), Gen.OneOf(Gen.Const("<="), Gen.Const("<"), Gen.Const(">="), Gen.Const(">"), Gen.Const("=="))).Sample((x, comparison) =>
    {
        Gate gate = new("a.b_c", comparison, x);
        return Gate.Parse(gate.ToString()) == gate;
    });

    [Fact]
    public void Any_text_is_a_rule_or_is_refused() => Gen.String.Sample(text =>
    {
        try
        {
            Gate.Parse(text);
        }
        catch (InputException)
        {
            // Refused.
        }
    });

    [Fact]
    public void The_culture_of_the_machine_does_not_matter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("accuracy >= 0.5: passed with 0.85", Gate.Parse("accuracy >= 0.5").Evaluate(Measured).Text);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
