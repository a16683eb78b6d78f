using Headroom.Cli.Terminal;
using Headroom.Evidence.Documents;
using Headroom.Training;

namespace Headroom.Cli.Tests.Terminal;

public sealed class ProgressLineTests
{
    private static readonly TrainingProgress Far = new(TrainingPhase.Training, 1234, 56789, 1.5, 0.6931, 1e-3, 98765, 4000, 0, new ValidationRecord(1000, 0.7123, 0.75));

    [Fact]
    public void Wide_it_says_all() => Assert.Matches(@"^step 1,234 of 56,789, loss 0\.6931, validation 0\.7123 \(75\.0 ?%\), 98,765 rows/s, .+ left$", ProgressLine.Of(Far));

    [Fact]
    public void It_fits_any_width_and_never_says_more_when_narrower()
    {
        int last = ProgressLine.Of(Far).Length;
        for (int width = last; width >= 5; width--)
        {
            string line = ProgressLine.Of(Far, width);
            Assert.InRange(line.Length, 1, Math.Min(width, last));
            last = line.Length;
        }
    }

    [Fact]
    public void Speed_goes_first_then_validation_then_the_time_left_then_the_loss()
    {
        string[] marks = ["rows/s", "validation", "left", "loss", "of"];
        string[] gone = [.. Enumerable.Range(5, 100).Reverse().Select(w => ProgressLine.Of(Far, w)).Distinct().Select(l => string.Join(' ', marks.Where(m => !l.Contains(m, StringComparison.Ordinal))))];
        Assert.Equal(["", "rows/s", "rows/s validation", "rows/s validation left", "rows/s validation left loss", "rows/s validation left loss of"], gone);
    }
}
