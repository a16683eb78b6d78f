using System.Globalization;
using Headroom.Graph;

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

    private const long Batch = 128;

    /// <param name="seconds">To be spent on one figure, about.</param>
    public static IEnumerable<DeviceFigure> Measure(double seconds = 0.6)
    {
        foreach (ElementType type in new[] { ElementType.Float32, ElementType.BFloat16 })
        {
            foreach ((long m, long k, long n) in Shapes)
                yield return Figure($"product_{type.ShortName()}_{m}x{k}x{n}", "flop/s", 2.0 * m * k * n, "matrix product of [m, k] and [k, n]; a multiply-add is two", ProbeGraphs.Product(type, m, k, n), seconds);
            foreach ((long c, long e) in Pictures)
                yield return Figure($"convolution_{type.ShortName()}_{c}x{e}x{e}", "flop/s", 2.0 * Batch * c * c * 9 * e * e, $"3x3, padded, {Batch} pictures, channels-last", ProbeGraphs.Convolution(type, Batch, c, e), seconds);
        }
        yield return Figure("memory", "bytes/s", 2.0 * ProbeGraphs.Large * sizeof(float), "128 MiB negated in place by all threads, read and written counted", ProbeGraphs.Negations(ProbeGraphs.Large, 1), seconds);
        DeviceFigure call = Figure("call", "calls/s", ProbeGraphs.Chain, $"{ProbeGraphs.Chain} operators on one number", ProbeGraphs.Negations(1, ProbeGraphs.Chain), seconds);
        yield return call with { Unit = "seconds", Values = [.. call.Values.Select(v => 1 / v)] };
    }

    private static DeviceFigure Figure(string name, string unit, double work, string method, TypedGraph graph, double seconds)
    {
        double[] values = [.. ProbeGraphs.Time(graph, fewest: 9, seconds).Select(s => work / s)];
        return new DeviceFigure(name, unit, values, string.Create(CultureInfo.InvariantCulture, $"{method}; median of {values.Length} runs"));
    }

}
