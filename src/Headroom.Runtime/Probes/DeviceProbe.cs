using System.Diagnostics;
using System.Globalization;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Probes;

/// <summary>One thing that a machine was measured to do, several times.</summary>
/// <param name="Name">In snake case, with type and shape: <c>product_bf16_2048x384x1536</c>.</param>
/// <param name="Unit">Of the values.</param>
/// <param name="Values">One a run, in the order in which they were taken.</param>
/// <param name="Method">How.</param>
public sealed record DeviceFigure(string Name, string Unit, IReadOnlyList<double> Values, string Method);

/// <summary>Measures what binds training on this machine: matrix products and convolutions by type and shape, memory, calls. About twenty seconds, on the threads that libtorch has.</summary>
public static class DeviceProbe
{
    // A square one, and the products of a transformer's and a perceptron's steps: rows, inner, columns.
    private static readonly (long M, long K, long N)[] Shapes = [(1024, 1024, 1024), (2048, 384, 1536), (2048, 384, 8192), (4096, 256, 1024), (256, 1024, 1024)];

    // Channels and extent of square pictures, 128 of them: a residual network's stages.
    private static readonly (long Channels, long Extent)[] Pictures = [(16, 32), (32, 16), (64, 8)];

    // 128 MiB of fp32: more than the cores at hand keep in their caches.
    private const long Large = 1L << 25;

    private const int Chain = 200;

    /// <param name="seconds">To be spent on one figure, about.</param>
    public static IEnumerable<DeviceFigure> Measure(double seconds = 0.6)
    {
        foreach (ElementType type in new[] { ElementType.Float32, ElementType.BFloat16 })
        {
            foreach ((long m, long k, long n) in Shapes)
                yield return Figure($"product_{type.ShortName()}_{m}x{k}x{n}", "flop/s", 2.0 * m * k * n, "matrix product of [m, k] and [k, n]; a multiply-add is two", Product(type, m, k, n), seconds);
            foreach ((long c, long e) in Pictures)
                yield return Figure($"convolution_{type.ShortName()}_{c}x{e}x{e}", "flop/s", 2.0 * 128 * c * c * 9 * e * e, "3x3, padded, 128 pictures, channels-last", Convolution(type, c, e), seconds);
        }
        yield return Figure("memory", "bytes/s", 2.0 * Large * sizeof(float), "128 MiB negated in place by all threads, read and written counted", Negations(Large, 1), seconds);
        DeviceFigure call = Figure("call", "calls/s", Chain, $"{Chain} operators on one number", Negations(1, Chain), seconds);
        yield return call with { Unit = "seconds", Values = [.. call.Values.Select(v => 1 / v)] };
    }

    private static DeviceFigure Figure(string name, string unit, double work, string method, TypedGraph graph, double seconds)
    {
        using var session = new Session { KeepsHeap = true };
        Program program = session.Compile(graph);
        foreach (TypedInput input in graph.Inputs) program.InputBytes(input.Value).Clear();
        for (int i = 0; i < 3; i++) program.Run();
        var values = new List<double>();
        long began = Stopwatch.GetTimestamp();
        while (values.Count < 9 || Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            program.Run();
            values.Add(work / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return new DeviceFigure(name, unit, values, string.Create(CultureInfo.InvariantCulture, $"{method}; median of {values.Count} runs"));
    }

    private static TypedGraph Product(ElementType type, long m, long k, long n)
    {
        var b = new TypedBuilder("product");
        return b.Build(b.Add(new MatMul(), b.Input(new Value("a"), new TensorType(type, m, k)), b.Input(new Value("b"), new TensorType(type, k, n))));
    }

    private static TypedGraph Convolution(ElementType type, long channels, long extent)
    {
        var b = new TypedBuilder("convolution");
        Value x = b.Input(new Value("x"), new TensorType(type, 128, channels, extent, extent)), w = b.Input(new Value("w"), new TensorType(type, channels, channels, 3, 3));
        Value y = b.Add(new Conv { KernelShape = [3, 3], Pads = [1, 1, 1, 1] }, x, w);
        return b.Build(y).InLayout([x, y]);
    }

    private static TypedGraph Negations(long elements, int count)
    {
        var b = new TypedBuilder("negations");
        Value x = b.Input(new Value("x"), new TensorType(ElementType.Float32, elements));
        for (int i = 0; i < count; i++) x = b.Add(new Neg(), x);
        return b.Build(x);
    }
}
