using CsCheck;
using Headroom.Cli.Planning;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Economics;

namespace Headroom.Cli.Tests.Planning;

public sealed class BudgetTextTests
{
    [Theory]
    [InlineData("500 EUR, 3 days, 80 GB")]
    [InlineData("3 days,80GB,500EUR")]
    [InlineData("€500; 72 h; 80,000 MB")]
    public void Parts_come_in_any_order_and_spelling(string text)
    {
        BudgetText b = BudgetText.Read(text);
        Assert.Equal(new Money(500, "EUR"), b.Money);
        Assert.Equal(new Seconds(3 * 86400), b.Time);
        Assert.Equal(new Bytes(80_000_000_000), b.Memory);
        Assert.Null(b.Energy);
    }

    [Fact]
    public void A_comma_between_digits_belongs_to_the_number() => Assert.Equal((new Money(12500, "USD"), new Joules(7.2e6)), (BudgetText.Read("$12,500, 2 kWh").Money!.Value, BudgetText.Read("$12,500, 2 kWh").Energy!.Value));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("500", "is of no unit")]
    [InlineData("-5 EUR", "leaves nothing to spend")]
    [InlineData("0 EUR", "leaves nothing to spend")]
    [InlineData("5 EUR, 6 USD", "is a second money")]
    [InlineData("3 dais", "Did you mean 'days'")]
    [InlineData("lots", "is no quantity")]
    public void What_is_no_budget_is_refused_with_its_reason(string text, string reason) => Assert.Contains(reason, Assert.Throws<InputException>(() => BudgetText.Read(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("15T", 15_000_000_000_000)]
    [InlineData("1.5B", 1_500_000_000)]
    [InlineData("20k", 20_000)]
    [InlineData("4,096", 4096)]
    [InlineData("7", 7)]
    public void Counts_are_read_as_people_write_them(string text, long count) => Assert.Equal(count, CountText.Read(text, "--data", "tokens"));

    [Theory]
    [InlineData("-3")]
    [InlineData("0")]
    [InlineData("many")]
    [InlineData("3X")]
    [InlineData("1e400")]
    [InlineData("")]
    public void What_is_no_count_is_refused(string text) => Assert.Throws<InputException>(() => CountText.Read(text, "--data", "tokens"));

    [Fact]
    public void Any_text_is_a_budget_or_refused() => Gen.String.Sample(text =>
    {
        try
        {
            BudgetText.Read(text);
        }
        catch (InputException)
        {
            // refused with a reason
        }
    });
}
