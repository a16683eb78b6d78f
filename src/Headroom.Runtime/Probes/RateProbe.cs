using Headroom.Graph;

namespace Headroom.Runtime.Probes;

/// <summary>Measures this machine's rates within two seconds, on the threads that libtorch has: enough to say what binds a step. The best of several runs counts, since a rate is a ceiling.</summary>
public static class RateProbe
{
    private const long Side = 1024;

    public static MachineRates Measure()
    {
        double bytes = 2.0 * ProbeGraphs.Large * sizeof(float), flops = 2.0 * Side * Side * Side;
        return new MachineRates(
            flops / Best(ProbeGraphs.Product(ElementType.Float32, Side, Side, Side)),
            flops / Best(ProbeGraphs.Product(ElementType.BFloat16, Side, Side, Side)),
            bytes / Best(ProbeGraphs.Negations(ProbeGraphs.Large, 1)),
            Best(ProbeGraphs.Negations(1, ProbeGraphs.Chain)) / ProbeGraphs.Chain);
    }

    /// <summary>The least seconds of a run: at least 8 of them, up to a quarter of a second.</summary>
    private static double Best(TypedGraph graph) => ProbeGraphs.Time(graph, fewest: 8, seconds: 0.25).Min();
}
