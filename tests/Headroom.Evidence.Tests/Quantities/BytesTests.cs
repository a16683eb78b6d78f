using Headroom.Evidence.Quantities;

namespace Headroom.Evidence.Tests.Quantities;

public sealed class BytesTests
{
    [Theory]
    [InlineData("600MiB", 600L << 20)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("2gib", 2L << 30)]
    [InlineData("800 MB", 800_000_000)]
    [InlineData("4kB", 4000)]
    [InlineData("123", 123)]
    [InlineData(" 7 B ", 7)]
    public void Sizes_are_read_in_binary_and_decimal_units(string text, long bytes)
    {
        Assert.True(Bytes.TryParse(text, out Bytes value));
        Assert.Equal(bytes, value.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-3 MiB")]
    [InlineData("1,5 GiB")]
    [InlineData("600 MiBs")]
    [InlineData("3 apples")]
    [InlineData("1e400")]
    [InlineData("99999999 PiB")]
    public void What_is_no_size_is_not_read(string text) => Assert.False(Bytes.TryParse(text, out _));

    [Fact]
    public void What_is_shown_is_read_again()
    {
        foreach (long n in new[] { 1L, 1000, 5 << 20, 3L << 32 })
        {
            Assert.True(Bytes.TryParse(new Bytes(n).ToString(), out Bytes back));
            Assert.InRange((double)back.Value / n, 0.99, 1.01);
        }
    }
}
