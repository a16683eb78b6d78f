using System.Diagnostics;
using Headroom.Data.Loading;
using Headroom.Data.Tables;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Training;

/// <summary>
/// A run's updates for a few seconds, over rows of zeros, with its loader beside them: what no sum of nodes alone can tell, since nodes find in the caches what the last one left there, and share the cores with what makes batches.
/// </summary>
public static class Rehearsal
{
    private const int Fewest = 4, Batches = 8;

    private const long MostBytes = 256L << 20;

    /// <summary>The median time of an update.</summary>
    /// <param name="model">With a loss.</param>
    /// <param name="settings">How it will be trained.</param>
    /// <param name="enough">How long to look at the most, once there were a few updates.</param>
    public static Seconds Update(Model model, TrainingSettings settings, Seconds enough)
    {
        TrainingGraphs graphs = TrainingGraphs.Build(model, settings, validate: false);
        TensorTable table = Zeros(graphs.Step.Batch, settings.BatchSize);
        using var session = new Session();
        var steps = new StepRunner(graphs, settings, table, session);
        Library.PrepareThread();
        session.Initialize(settings.Seed);
        using var loader = new Loader(table, [.. Enumerable.Range(0, table.Rows)], new LoaderOptions { BatchSize = settings.BatchSize, Seed = settings.Seed });
        var times = new List<double>();
        double sum = 0;
        for (int step = 1; times.Count < Fewest || sum < enough.Value; step++)
        {
            using Batch? batch = loader.Next();
            long start = Stopwatch.GetTimestamp();
            (steps.Done, steps.LossSum) = (0, 0);
            steps.Run(batch!, step, settings.Schedule.At(step), profile: false, CancellationToken.None);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            // The first pays for fresh memory.
            if (step > 1) times.Add(seconds);
            sum += seconds;
        }
        times.Sort();
        return new Seconds(times[times.Count / 2]);
    }

    /// <summary>Rows for the inputs that data feeds.</summary>
    private static TensorTable Zeros(TypedGraph graph, int batch)
    {
        Value[] others = [TrainingForm.Seed, TrainingForm.Position, TrainingStep.LearningRate, TrainingStep.StepNumber];
        List<Field> fields = [.. graph.Inputs.Where(i => !others.Contains(i.Value)).Select(i => new Field(i.Value.Name, Type(i.Type.Element), [.. i.Type.Shape.Dims[1..].ToArray().Select(d => (int)d)]))];
        int rows = batch * (int)Math.Clamp(MostBytes / Math.Max(1, (long)batch * fields.Sum(f => (long)f.RowBytes)), 1, Batches);
        return new TensorTable(fields.Select(f => (FieldSource)(f.Type switch
        {
            FieldType.Float32 => new DenseField<float>(f, new float[rows * f.RowElements]),
            FieldType.Int64 => new DenseField<long>(f, new long[rows * f.RowElements]),
            _ => new DenseField<byte>(f, new byte[rows * f.RowElements]),
        })));
    }

    private static FieldType Type(ElementType element) => element switch { ElementType.Float32 => FieldType.Float32, ElementType.Int64 => FieldType.Int64, _ => FieldType.UInt8 };
}
