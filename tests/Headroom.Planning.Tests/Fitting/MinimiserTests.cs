using Headroom.Planning.Fitting;

namespace Headroom.Planning.Tests.Fitting;

public sealed class MinimiserTests
{
    private static readonly double[] Sizes = [64, 128, 256, 512, 1024, 2048, 4096, 8192];

    // A rate that saturates: share · n / (n + half).
    private static double Rate(double share, double half, double n) => share * n / (n + half);

    private static double[] Errors(double[] p, double spoiled) => [.. Sizes.Select((n, i) => Math.Log(Rate(p[0], p[1], n) / Rate(0.8, 300, n)) + (i == 3 ? spoiled : 0))];

    private static readonly FittedParameter[] Parameters = [new("share", 0.5, 0.05, 1), new("half", 50, 1, 5000)];

    [Fact]
    public void Finds_what_made_the_rows()
    {
        FitResult fit = Minimiser.Fit(Parameters, p => Errors(p, 0));
        Assert.Equal(0.8, fit.Values[0], 1e-3);
        Assert.Equal(300, fit.Values[1], 1.0);
    }

    [Fact]
    public void One_wrong_row_bends_little()
    {
        FitResult fit = Minimiser.Fit(Parameters, p => Errors(p, 1.5), delta: 0.01);
        Assert.Equal(0.8, fit.Values[0], 0.02);
        Assert.Equal(300, fit.Values[1], 25.0);
    }

    [Fact]
    public void Gives_the_same_each_time() => Assert.Equal(Minimiser.Fit(Parameters, p => Errors(p, 0.3)).Values, Minimiser.Fit(Parameters, p => Errors(p, 0.3)).Values);

    [Fact]
    public void Stays_within_bounds()
    {
        FitResult fit = Minimiser.Fit([new("share", 0.5, 0.05, 0.6), new("half", 50, 1, 5000)], p => Errors(p, 0));
        Assert.InRange(fit.Values[0], 0.55, 0.6);
    }

    [Fact]
    public void A_spread_holds_to_the_start_what_no_row_tells()
    {
        FitResult fit = Minimiser.Fit([.. Parameters, new("unseen", 2, 1, 4, Spread: 0.3)], p => Errors(p, 0));
        Assert.Equal(2, fit.Values[2], 1e-3);
    }

    // A shallow valley at 1 and a deep one at 3, with a cliff between that no small step crosses.
    [Fact]
    public void Setting_out_from_many_places_finds_the_deeper_valley()
    {
        FittedParameter[] one = [new("place", 1.05, 0.1, 10, Spread: 10)];
        double[] Deep(double[] p) => [p[0] < 2 ? 0.2 + Math.Abs(p[0] - 1) : Math.Abs(p[0] - 3)];
        Assert.Equal(1, Minimiser.Fit(one, Deep).Values[0], 0.05);
        FitResult many = Minimiser.FitFromMany(one, Deep, null, 0.03, 32, 5, 100);
        Assert.Equal(3, many.Values[0], 0.05);
        Assert.Equal(many.Values, Minimiser.FitFromMany(one, Deep, null, 0.03, 32, 5, 100).Values);
    }

    [Fact]
    public void Bounds_that_don_t_hold_the_start_are_refused() => Assert.Throws<ArgumentException>(() => Minimiser.Fit([new("share", 2, 0.05, 1)], _ => [0]));
}
