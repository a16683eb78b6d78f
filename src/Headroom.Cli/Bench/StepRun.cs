using System.Diagnostics;
using System.Text.Json.Nodes;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Bench;

/// <summary>Our side of the comparison: one workload's steps in this process, with the keys that the peers print.</summary>
internal static class StepRun
{
    public static JsonObject Run(string workload, ElementType compute, int steps, int warmup, int? threads, long? batch)
    {
        Library.Load(threads);
        long baseline = ProcessMemory.Resident;
        Workload w = Workloads.Get(workload, batch);
        TrainingStep step = w.Step(compute);
        using var session = new Session();
        Runtime.Execution.Program program = session.Compile(step.Batch);
        session.Initialize(seed: 1);
        Dictionary<Value, byte[]> data = Data(program, w);
        var times = new List<double>();
        float first = float.NaN, last = float.NaN;
        for (int i = 0; i < warmup + steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            foreach ((Value input, byte[] bytes) in data) bytes.CopyTo(program.InputBytes(input));
            program.Input<float>(TrainingStep.LearningRate)[0] = w.LearningRate;
            if (program.Takes(TrainingStep.StepNumber)) program.Input<long>(TrainingStep.StepNumber)[0] = i + 1;
            program.Run();
            last = program.Output<float>(Objectives.Loss)[0];
            if (i == 0) first = last;
            if (i >= warmup) times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        times.Sort();
        double median = times[times.Count / 2];
        return new JsonObject
        {
            ["peer"] = "headroom",
            ["workload"] = workload,
            ["dtype"] = compute.ShortName(),
            ["batch"] = w.Batch,
            ["step_s"] = Math.Round(median, 6),
            ["min_step_s"] = Math.Round(times[0], 6),
            ["samples_per_s"] = Math.Round(w.Batch / median, 3),
            ["first_loss"] = first,
            ["last_loss"] = last,
            ["baseline_rss_bytes"] = baseline,
            ["peak_rss_bytes"] = ProcessMemory.Peak,
            ["graph_bytes"] = session.AllocatedPeak,
        };
    }

    /// <summary>Where a step's time goes, by operator, in seconds a step.</summary>
    public static JsonObject Profile(string workload, ElementType compute, int steps, int? threads, long? batch)
    {
        Library.Load(threads);
        Workload w = Workloads.Get(workload, batch);
        using var session = new Session();
        Runtime.Execution.Program program = session.Compile(w.Step(compute).Batch);
        session.Initialize(seed: 1);
        Dictionary<Value, byte[]> data = Data(program, w);
        for (int i = 0; i < steps + 3; i++)
        {
            if (i == 3) program.Profile();
            foreach ((Value input, byte[] bytes) in data) bytes.CopyTo(program.InputBytes(input));
            program.Input<float>(TrainingStep.LearningRate)[0] = w.LearningRate;
            if (program.Takes(TrainingStep.StepNumber)) program.Input<long>(TrainingStep.StepNumber)[0] = i + 1;
            program.Run();
        }
        return new JsonObject(program.TimeByOperator!.OrderByDescending(t => t.Value).Select(t => KeyValuePair.Create(t.Key, (JsonNode?)Math.Round(t.Value / steps, 6))));
    }

    /// <summary>One fixed batch: normal numbers or uniform tokens, uniform labels.</summary>
    private static Dictionary<Value, byte[]> Data(Runtime.Execution.Program program, Workload w)
    {
        var data = new Dictionary<Value, byte[]>();
        ulong stream = 0;
        foreach (TypedInput input in program.Graph.Inputs)
        {
            if (input.Value.Name.StartsWith("headroom.", StringComparison.Ordinal)) continue;
            var philox = new Philox(1, ++stream);
            byte[] bytes = new byte[input.Type.Bytes];
            if (input.Type.Element == ElementType.Float32)
            {
                var values = new float[input.Type.Elements];
                philox.FillNormal(values, 0, 0, 1);
                Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            }
            else
            {
                long range = input.Value == Objectives.Labels ? w.Classes : w.Tokens;
                long[] values = [.. Enumerable.Range(0, (int)input.Type.Elements).Select(k => (long)(philox.UniformDoubleAt((ulong)k * 2) * range))];
                Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            }
            data[input.Value] = bytes;
        }
        return data;
    }
}
