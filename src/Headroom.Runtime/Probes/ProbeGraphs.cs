using System.Diagnostics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Probes;

/// <summary>Graphs whose work is known, and how long they take: what the probes of a machine are made of.</summary>
internal static class ProbeGraphs
{
    /// <summary>Elements of fp32 in 128 MiB: more than the cores at hand keep in their caches.</summary>
    public const long Large = 1L << 25;

    /// <summary>Operators in a row that have nothing to do: enough to tell what one of them costs.</summary>
    public const int Chain = 200;

    /// <summary><c>[m, k]</c> by <c>[k, n]</c>.</summary>
    public static TypedGraph Product(ElementType type, long m, long k, long n)
    {
        var b = new TypedBuilder("product");
        return b.Build(b.Add(new MatMul(), b.Input(new Value("a"), new TensorType(type, m, k)), b.Input(new Value("b"), new TensorType(type, k, n))));
    }

    /// <summary>3x3, padded, over square channels-last pictures, as many channels out as in.</summary>
    public static TypedGraph Convolution(ElementType type, long batch, long channels, long extent)
    {
        var b = new TypedBuilder("convolution");
        Value x = b.Input(new Value("x"), new TensorType(type, batch, channels, extent, extent)), w = b.Input(new Value("w"), new TensorType(type, channels, channels, 3, 3));
        Value y = b.Add(new Conv { KernelShape = [3, 3], Pads = [1, 1, 1, 1] }, x, w);
        return b.Build(y).InLayout([x, y]);
    }

    /// <summary>So many elements negated, so many times.</summary>
    public static TypedGraph Negations(long elements, int count)
    {
        var b = new TypedBuilder("negations");
        Value x = b.Input(new Value("x"), new TensorType(ElementType.Float32, elements));
        for (int i = 0; i < count; i++) x = b.Add(new Neg(), x);
        return b.Build(x);
    }

    /// <summary>Seconds of each of some warm runs on zeros: at least <paramref name="fewest"/>, and until <paramref name="seconds"/> have passed.</summary>
    public static IReadOnlyList<double> Time(TypedGraph graph, int fewest, double seconds)
    {
        using var session = new Session { KeepsHeap = true };
        Program program = session.Compile(graph);
        foreach (TypedInput input in graph.Inputs) program.InputBytes(input.Value).Clear();
        for (int i = 0; i < 3; i++) program.Run();
        var times = new List<double>();
        long began = Stopwatch.GetTimestamp();
        while (times.Count < fewest || Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            program.Run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return times;
    }
}
