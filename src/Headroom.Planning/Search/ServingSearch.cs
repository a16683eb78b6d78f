using Headroom.Planning.Serving;

namespace Headroom.Planning.Search;

/// <summary>What a search over ways to serve found.</summary>
/// <param name="Plans">One a kind of accelerator, number of them and width of weights, the best first.</param>
/// <param name="Refused">What was left out, and why.</param>
public sealed record ServingResult(IReadOnlyList<ServingPlan> Plans, IReadOnlyList<string> Refused);

/// <summary>Weighs every kind of accelerator, every number of them that heads can be shared by, and every width of weights, each at the largest batch that memory and latency allow.</summary>
/// <param name="request">What is asked.</param>
public sealed class ServingSearch(ServingRequest request)
{
    // Pages of the caches of vLLM and TensorRT-LLM by default.
    private const int Page = 16;

    /// <summary>Runs it.</summary>
    public ServingResult Run()
    {
        var plans = new List<ServingPlan>();
        var refused = new List<string>();
        ServingWork work = ServingWork.Of(request.Shape);
        foreach (ServingDevice device in request.Devices)
        {
            int[] counts = request.Tensor is int t ? [t] : [.. LayoutRules.Divisors(request.Shape.Heads, Math.Min(device.Most, device.Accelerator.NodeSize ?? 8)).Where(d => LayoutRules.TensorProblem(request.Shape, d) is null)];
            foreach (int bits in request.WeightBits)
                foreach (int count in counts)
                    Weigh(work, device, count, bits, plans, refused);
        }
        return new([.. plans.OrderBy(Aim).ThenBy(p => p.Count)], refused);
    }

    /// <summary>What a plan is compared by, for the goal.</summary>
    /// <param name="plan">The plan.</param>
    public double Aim(ServingPlan plan) => request.Goal switch
    {
        PlanGoal.Time => plan.Estimate.TimePerToken,
        PlanGoal.Energy => plan.JoulesPerToken ?? double.PositiveInfinity,
        _ => plan.DollarsPerMillion ?? double.PositiveInfinity,
    };

    private void Weigh(ServingWork work, ServingDevice device, int count, int bits, List<ServingPlan> plans, List<string> refused)
    {
        double share = request.Memory is double most && device.Accelerator.Memory is { } has ? Math.Min(0.95, most / has.Value) : 0.95;
        var layout = new ServingLayout { Tensor = count, WeightBits = bits, KvBits = request.CacheBits, Page = Page, MemoryShare = share, Type = bits == 8 && device.Accelerator.Peak("fp8") is not null ? "fp8" : "bf16" };
        ServingEstimator e = ServingCalibration.Estimator(work, device.Accelerator, request.Stack, layout);
        string name = $"{count} x {device.Accelerator.Name} at {bits} bits";
        long fits = e.LargestBatch(request.Load) ?? long.MaxValue, batch = request.Load.Batch > 0 ? (long)request.Load.Batch : fits;
        if (fits < Math.Max(1, batch) && request.Load.Batch > 0 || fits < 1)
        {
            ServingMemory m = e.Memory(request.Load with { Batch = Math.Max(1, request.Load.Batch) });
            refused.Add($"{name}: needs {m.Total / 1e9:F0} GB a device of {m.Capacity / 1e9:F0}");
            return;
        }
        if (request.TokenLatency is double latency)
        {
            long within = Within(e, latency, batch);
            if (within < 1 || (request.Load.Batch > 0 && within < batch))
            {
                refused.Add($"{name}: {e.Continuous(request.Load with { Batch = Math.Max(1, request.Load.Batch) }).TimePerToken * 1e3:F0} ms from token to token, {latency * 1e3:F0} allowed");
                return;
            }
            batch = within;
        }
        double first = e.Prefill(1, Math.Max(1, request.Load.Input - request.Load.SharedPrefix), request.Load.SharedPrefix).Seconds;
        if (first > request.FirstTokenLatency)
        {
            refused.Add($"{name}: {first * 1e3:F0} ms to the first token, {request.FirstTokenLatency * 1e3:F0} allowed");
            return;
        }
        plans.Add(new ServingPlan(request, device, layout, batch, e.Continuous(request.Load with { Batch = batch }), first));
    }

    /// <summary>The largest batch of at most so many that keeps to the latency, prompts of newcomers counted: more sequences are never faster.</summary>
    private long Within(ServingEstimator e, double latency, long most)
    {
        bool Holds(long batch) => e.Continuous(request.Load with { Batch = batch }).TimePerToken <= latency;
        if (most < 1 || !Holds(1)) return 0;
        long low = 1, high = most + 1;
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            if (Holds(middle)) low = middle;
            else high = middle;
        }
        return low;
    }
}
