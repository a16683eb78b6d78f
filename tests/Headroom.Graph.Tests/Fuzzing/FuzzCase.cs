using System.Diagnostics;
using Headroom.Evidence;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>Gives one file to the reader, and what it reads to the shape rules and the writer.</summary>
internal static class FuzzCase
{
    /// <summary>What may be allocated before a file is refused.</summary>
    public static long Allowed(long fileBytes) => (4 * fileBytes) + (64L << 20);

    public static FuzzResult Run(byte[] file)
    {
        var watch = Stopwatch.StartNew();
        Model? model = null;
        string? fault = Guarded(file.Length, "reading", () => model = OnnxReader.Read(file, "fuzzed.onnx"), out _);
        if (fault is not null || model is null) return new FuzzResult(false, false, fault ?? Late(watch));
        bool typed = false;
        foreach (long extent in new[] { 2L, 3 })
        {
            fault = Guarded(file.Length, $"types at {extent}", () => Type(model, extent), out bool passed);
            typed |= passed;
            if (fault is not null) return new FuzzResult(true, typed, fault);
        }
        fault = Guarded(long.MaxValue / 8, "writing", () => OnnxWriter.Write(model, Stream.Null, options: new OnnxWriteOptions { Opset = OnnxWriteOptions.NewestOpset }), out _);
        return new FuzzResult(true, typed, fault ?? Late(watch));
    }

    private static void Type(Model model, long extent)
    {
        var bindings = model.DimensionNames.ToDictionary(n => n, _ => extent);
        var values = new Dictionary<Value, TensorData>();
        foreach (GraphInput i in ShapeBearing.Inputs(model))
        {
            TensorType type = i.Resolve(bindings);
            if (type.Elements <= 1024) values[i.Value] = TensorData.Fill(type.Element, type.Shape, extent);
        }
        TypedGraph graph = Specialize.Run(model, bindings, values);
        graph.Cost();
    }

    private static string? Guarded(long fileBytes, string what, Action work, out bool passed)
    {
        passed = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            work();
            passed = true;
            return null;
        }
        catch (InputException)
        {
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            return bytes <= Allowed(fileBytes) ? null : $"{what}: {bytes} bytes allocated before a file of {fileBytes} was refused";
        }
        catch (Exception e)
        {
            return $"{what}: {e}";
        }
    }

    private static string? Late(Stopwatch watch) => watch.Elapsed <= FuzzResult.Patience ? null : $"took {watch.Elapsed.TotalSeconds:0.0} s";
}
