using CsCheck;
using Headroom.Planning.Economics;

namespace Headroom.Planning.Tests.Economics;

public sealed class SpotMarketTests
{
    private static readonly Gen<(SpotMarket Market, int Nodes)> Any =
        from rate in Gen.Double[1e-5, 0.5]
        from checkpoint in Gen.Double[1, 600]
        from restart in Gen.Double[0, 900]
        from nodes in Gen.Int[1, 16]
        select (new SpotMarket(rate, checkpoint, restart), nodes);

    [Fact]
    public void Nothing_is_lost_where_nothing_interrupts()
    {
        var market = new SpotMarket(0, 60, 300);
        Assert.Equal(double.PositiveInfinity, market.Interval(8));
        Assert.Equal(1, market.Stretch(8, 1e6));
    }

    [Fact] // Young's first-order answer, which Daly's tends to where interruptions are rare
    public void Rare_interruptions_give_Young_s_interval()
    {
        const double checkpoint = 30;
        double mean = 3600 / 1e-4;
        Assert.Equal(Math.Sqrt(2 * checkpoint * mean), new SpotMarket(1e-4, checkpoint, 0).Interval(1), 0.01 * Math.Sqrt(2 * checkpoint * mean));
        // What is lost: a checkpoint an interval, and half an interval an interruption.
        Assert.Equal(1 + Math.Sqrt(2 * checkpoint / mean), new SpotMarket(1e-4, checkpoint, 0).Stretch(1, 1e9), 1e-4);
    }

    [Fact]
    public void No_other_interval_is_better() => Any.Sample(c =>
    {
        (SpotMarket market, int nodes) = c;
        double mean = 3600 / (market.Interruptions * nodes), best = market.Interval(nodes);
        double Time(double interval) => mean * Math.Exp(market.Restart / mean) * (Math.Exp((interval + market.Checkpoint) / mean) - 1) / interval;
        // Daly's series is within 1 % of the optimum's time while a checkpoint is shorter than half the mean time.
        if (market.Checkpoint < mean / 2)
            foreach (double factor in new[] { 0.25, 0.5, 0.8, 1.25, 2, 4 }) Assert.True(Time(best) <= Time(best * factor) * 1.01, $"{factor}: {Time(best)} and {Time(best * factor)}");
    }, iter: 500);

    [Fact]
    public void More_nodes_and_more_interruptions_never_help() => Any.Sample(c =>
    {
        (SpotMarket market, int nodes) = c;
        double stretch = market.Stretch(nodes, 1e7);
        Assert.True(stretch >= 1);
        Assert.True(market.Stretch(nodes * 2, 1e7) >= stretch);
        Assert.True((market with { Restart = market.Restart + 60 }).Stretch(nodes, 1e7) >= stretch);
    }, iter: 500);

    [Fact] // an independent count: a run that starts an interval again whenever it is interrupted
    public void The_expected_time_is_what_a_simulation_takes()
    {
        var market = new SpotMarket(0.2, 120, 300);
        double mean = 3600 / 0.2, interval = market.Interval(1);
        var random = new Random(5);
        double total = 0;
        const int Intervals = 20_000;
        for (int i = 0; i < Intervals; i++)
        {
            // Daly lets interruptions hit restarts too.
            double need = interval + market.Checkpoint;
            for (;;)
            {
                double next = -mean * Math.Log(1 - random.NextDouble());
                if (next >= need) break;
                total += next;
                for (double again = -mean * Math.Log(1 - random.NextDouble()); again < market.Restart; again = -mean * Math.Log(1 - random.NextDouble())) total += again;
                total += market.Restart;
            }
            total += need;
        }
        double counted = total / (Intervals * interval);
        Assert.Equal(counted, market.Stretch(1, 1e9), 0.02 * counted);
    }
}
