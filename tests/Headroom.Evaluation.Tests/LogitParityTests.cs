using Headroom.Evidence;

namespace Headroom.Evaluation.Tests;

public sealed class LogitParityTests
{
    [Fact]
    public void The_largest_difference_counts_whichever_its_sign()
    {
        Measurement m = LogitParity.Of<float>([1, 2, 3, 4], [1, 2.5f, 2, 4.25f], rows: 2);
        Assert.Equal((1.0, "logits", 2L, "parity_max_abs_logit_difference"), (m.Value, m.Unit, m.Rows!.Value, m.Name));
    }

    [Fact]
    public void A_logit_that_is_not_finite_names_its_place() =>
        Assert.Contains("row 1, output 0", Assert.Throws<InputException>(() => LogitParity.Of<float>([1, 2, float.NaN, 4], [1, 2, 3, 4], rows: 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void Outputs_of_another_size_are_refused() => Assert.Throws<InputException>(() => LogitParity.Of<float>([1, 2], [1], rows: 1));
}
