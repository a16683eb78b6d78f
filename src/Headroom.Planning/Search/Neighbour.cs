using System.Globalization;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Training;

namespace Headroom.Planning.Search;

/// <summary>A plan one step away from another, and why it lost.</summary>
/// <param name="Change">What is different: <c>tensor 8 instead of 4</c>.</param>
/// <param name="Plan">That plan.</param>
/// <param name="Reason">Why it isn't the one.</param>
public sealed record Neighbour(string Change, TrainingPlan Plan, string Reason)
{
    /// <summary>The plans one step away, each way that a plan can be changed.</summary>
    /// <param name="search">The search that found it.</param>
    /// <param name="best">The plan.</param>
    public static IEnumerable<Neighbour> Of(TrainingSearch search, TrainingPlan best)
    {
        TrainingLayout l = best.Layout;
        var space = new LayoutSpace(best.Request);
        foreach ((string change, TrainingLayout other) in Changes(l))
        {
            var grid = new LayoutGrid(other.Tensor, other.Pipeline, other.Context, other.Data, other.Expert);
            if (other.Devices > best.Device.Most || other.Batch != best.Request.Batch) continue;
            if (!space.Grids(best.Device.Most).Contains(grid) || !space.Layouts(grid).Contains(other)) continue;
            TrainingPlan plan = search.Weigh(best.Device, other);
            yield return new(change, plan, Why(search, best, plan));
        }
    }

    private static IEnumerable<(string Change, TrainingLayout Layout)> Changes(TrainingLayout l)
    {
        foreach (int t in (int[])[l.Tensor * 2, l.Tensor / 2])
        {
            if (t < 1) continue;
            bool sequence = t > 1 && (l.SequenceParallel || l.Tensor == 1);
            if (t > l.Tensor) yield return ($"tensor {t}, half as many copies", Copies(l with { Tensor = t, SequenceParallel = sequence }, l.Data / 2));
            else yield return ($"tensor {t}, twice as many copies", Copies(l with { Tensor = t, SequenceParallel = sequence }, l.Data * 2));
        }
        yield return ($"{l.Pipeline * 2} stages, half as many copies", Copies(l with { Pipeline = l.Pipeline * 2, Zero = Math.Min(1, l.Zero) }, l.Data / 2));
        if (l.Pipeline > 1) yield return ($"{l.Pipeline / 2} stages, twice as many copies", Copies(l with { Pipeline = l.Pipeline / 2, Interleave = l.Pipeline == 2 ? 1 : l.Interleave }, l.Data * 2));
        if (l.Accumulation % 2 == 0) yield return ($"micro-batches of {l.MicroBatch * 2}", l with { MicroBatch = l.MicroBatch * 2, Accumulation = l.Accumulation / 2 });
        if (l.MicroBatch % 2 == 0) yield return ($"micro-batches of {l.MicroBatch / 2}", l with { MicroBatch = l.MicroBatch / 2, Accumulation = l.Accumulation * 2 });
        foreach (Recompute r in Enum.GetValues<Recompute>())
            if (r != l.Recompute) yield return (r switch { Recompute.None => "nothing recomputed", Recompute.Full => "all recomputed", _ => "attention recomputed" }, l with { Recompute = r });
        for (int zero = 0; zero <= 3; zero++)
            if (zero != l.Zero) yield return (zero == 0 ? "nothing sharded" : $"ZeRO {zero}", l with { Zero = zero });
        yield return ("twice as many accelerators", Copies(l, l.Data * 2));
        if (l.Data % 2 == 0) yield return ("half as many accelerators", Copies(l, l.Data / 2));
    }

    /// <summary>The same batch over another number of copies.</summary>
    private static TrainingLayout Copies(TrainingLayout l, int data)
    {
        long batch = l.Batch;
        if (data < 1 || batch % data != 0) return l with { Data = 0 };
        long perCopy = batch / data;
        int micro = LayoutRules.Divisors(perCopy, l.MicroBatch)[^1];
        int passes = (int)(perCopy / micro);
        return l with { Data = data, MicroBatch = micro, Accumulation = passes, Zero = data * l.Context == 1 ? 0 : l.Zero, Interleave = l.Pipeline > 1 && passes % l.Pipeline == 0 ? l.Interleave : 1 };
    }

    private static string Why(TrainingSearch search, TrainingPlan best, TrainingPlan other)
    {
        string More(double a, double b) => string.Create(CultureInfo.InvariantCulture, $"{Math.Abs((a / b) - 1) * 100:F0} %");
        if (search.Breach(other) is string limit)
        {
            return limit switch
            {
                "memory" => $"needs {new Bytes((long)other.Memory.Total)} of {new Bytes((long)search.Capacity(other.Device))}",
                "time" => $"takes {new Seconds(other.Seconds)}, longer than allowed",
                "money" => "costs more than allowed",
                _ => "takes more energy than allowed",
            };
        }
        double mine = search.Aim(best), theirs = search.Aim(other);
        string aim = best.Request.Goal switch { PlanGoal.Money => "dearer", PlanGoal.Energy => "more energy", _ => "slower" };
        if (theirs > mine * 1.0005) return $"{More(theirs, mine)} {aim}: {Part(best, other)}";
        if (theirs < mine * 0.9995) return $"better by {More(theirs, mine)}, and yet not chosen";
        if (other.Memory.Total > best.Memory.Total) return $"no faster, and needs {new Bytes((long)(other.Memory.Total - best.Memory.Total))} more";
        return other.Dollars > best.Dollars ? $"no faster, and {More(other.Dollars.Value, best.Dollars!.Value)} dearer" : "just as good";
    }

    /// <summary>The part of a step that grew most, in accelerator seconds.</summary>
    private static string Part(TrainingPlan best, TrainingPlan other)
    {
        (string Name, double Mine, double Theirs)[] parts =
        [
            ("products", best.Time.Matrices, other.Time.Matrices), ("attention", best.Time.Attention, other.Time.Attention), ("elementwise work", best.Time.Elementwise, other.Time.Elementwise), ("what is recomputed", best.Time.Recomputed, other.Time.Recomputed),
            ("launching kernels", best.Time.Host, other.Time.Host), ("tensor and context collectives", best.Time.Tensor, other.Time.Tensor), ("waiting stages", best.Time.Bubble, other.Time.Bubble), ("data-parallel collectives", best.Time.Data, other.Time.Data), ("the update", best.Time.Update, other.Time.Update),
        ];
        var most = parts.MaxBy(p => (p.Theirs * other.Count) - (p.Mine * best.Count));
        return $"more of {most.Name} ({new Seconds(most.Theirs)} a step on {other.Count}, {new Seconds(most.Mine)} on {best.Count})";
    }
}
