using System.Diagnostics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Probes;

/// <summary>Measures this machine's rates within two seconds, on the threads that libtorch has: enough to say what binds a step. The best of several runs counts, since a rate is a ceiling.</summary>
public static class RateProbe
{
    private const long Side = 1024;

    // 128 MiB: more than the cores at hand keep in their caches.
    private const long Elements = 1L << 25;

    private const int Chain = 200;

    public static MachineRates Measure()
    {
        double bytes = 2.0 * Elements * sizeof(float), flops = 2.0 * Side * Side * Side;
        return new MachineRates(
            flops / Best(Product(ElementType.Float32)),
            flops / Best(Product(ElementType.BFloat16)),
            bytes / Best(Negations(Elements, 1)),
            Best(Negations(1, Chain)) / Chain);
    }

    private static TypedGraph Product(ElementType type)
    {
        var b = new TypedBuilder("product");
        var matrix = new TensorType(type, Side, Side);
        return b.Build(b.Add(new MatMul(), b.Input(new Value("a"), matrix), b.Input(new Value("b"), matrix)));
    }

    private static TypedGraph Negations(long elements, int count)
    {
        var b = new TypedBuilder("negations");
        Value x = b.Input(new Value("x"), new TensorType(ElementType.Float32, elements));
        for (int i = 0; i < count; i++) x = b.Add(new Neg(), x);
        return b.Build(x);
    }

    /// <summary>The least seconds of a run: at least 8 of them, up to a quarter of a second.</summary>
    private static double Best(TypedGraph graph)
    {
        using var session = new Session();
        Program program = session.Compile(graph);
        foreach (TypedInput input in graph.Inputs) program.InputBytes(input.Value).Clear();
        for (int i = 0; i < 3; i++) program.Run();
        double best = double.PositiveInfinity;
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < 8 || Stopwatch.GetElapsedTime(began).TotalSeconds < 0.25; i++)
        {
            long start = Stopwatch.GetTimestamp();
            program.Run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }
}
