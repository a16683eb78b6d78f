using Headroom.Planning.Training;

namespace Headroom.Planning.Search;

/// <summary>Weighs every legal layout of a training job on every kind of accelerator, leaving out only what a bound rules out, so that what it finds is the best there is.</summary>
/// <remarks>
/// A grid of accelerators is left out whole where its weights and states alone don't fit, where its products at their best rate take longer or cost more than the limits allow, or where a plan that was found is
/// no worse than these bounds in everything. Bounds never exceed what a layout takes (<see cref="TrainingEstimator.FloorSeconds"/>), so no plan of the front is lost.
/// </remarks>
public sealed class TrainingSearch
{
    private const int Respects = 4;

    private readonly SearchRequest _request;
    private readonly LayoutSpace _space;
    private readonly bool _bounds;

    /// <param name="request">What is asked.</param>
    /// <param name="bounds">False weighs everything, to prove that bounds lose nothing.</param>
    public TrainingSearch(SearchRequest request, bool bounds = true)
    {
        (_request, _space, _bounds) = (request, new LayoutSpace(request), bounds);
    }

    /// <summary>Runs the search, kinds of accelerators side by side.</summary>
    /// <param name="cancellation">Stops it.</param>
    public SearchResult Run(CancellationToken cancellation = default)
    {
        var found = new DeviceSearch[_request.Devices.Count];
        Parallel.For(0, found.Length, new ParallelOptions { CancellationToken = cancellation }, i => found[i] = Search(_request.Devices[i], cancellation));
        var front = new ParetoFront<TrainingPlan>(Respects);
        foreach (TrainingPlan plan in found.SelectMany(f => f.Front.Items)) front.Offer(Costs(plan.Device, plan.Count, plan.Seconds, plan.Joules, plan.Memory.Total), () => plan);
        TrainingPlan[] ordered = [.. front.Items.OrderBy(Aim).ThenBy(p => p.Seconds).ThenBy(p => p.Dollars ?? double.MaxValue).ThenBy(p => p.Memory.Total).ThenBy(p => p.Accelerator.Name, StringComparer.Ordinal)];
        TrainingPlan? best = ordered.FirstOrDefault(p => double.IsFinite(Aim(p))) ?? ordered.FirstOrDefault();
        TrainingPlan[] kinds = [.. found.Where(f => f.Front.Count > 0).Select(f => f.Front.Items.OrderBy(Aim).ThenBy(p => p.Seconds).ThenBy(p => p.Memory.Total).First())];
        return new(best, ordered, kinds, found.Sum(f => f.Weighed), found.Sum(f => f.Pruned), found.Sum(f => f.TooLarge), found.Select(f => f.Smallest).OfType<TrainingPlan>().MinBy(p => p.Memory.Total - Capacity(p.Device)));
    }

    /// <summary>What a plan is compared by, for the goal.</summary>
    /// <param name="plan">The plan.</param>
    public double Aim(TrainingPlan plan) => _request.Goal switch
    {
        PlanGoal.Money => plan.Dollars ?? double.PositiveInfinity,
        PlanGoal.Energy => plan.Joules ?? double.PositiveInfinity,
        _ => plan.Seconds,
    };

    /// <summary>A layout as a plan, whether or not it fits.</summary>
    /// <param name="device">On what.</param>
    /// <param name="layout">How.</param>
    public TrainingPlan Weigh(SearchDevice device, TrainingLayout layout) => new(_request, device, layout, device.Estimator.Time(layout), device.Estimator.Memory(layout));

    /// <summary>Bytes that may be used of one accelerator.</summary>
    /// <param name="device">Of what kind.</param>
    public double Capacity(SearchDevice device) => Math.Min(device.Accelerator.Memory?.Value ?? double.PositiveInfinity, _request.Limits.Memory?.Value ?? double.PositiveInfinity);

    /// <summary>Why a plan is outside the limits; null where it is within.</summary>
    /// <param name="plan">The plan.</param>
    public string? Breach(TrainingPlan plan)
    {
        PlanLimits limits = _request.Limits;
        if (plan.Memory.Total > Capacity(plan.Device)) return "memory";
        if (plan.Seconds > limits.Time?.Value) return "time";
        if (plan.Dollars > limits.Dollars) return "money";
        return plan.Joules > limits.Energy?.Value ? "energy" : null;
    }

    private DeviceSearch Search(SearchDevice device, CancellationToken cancellation)
    {
        var s = new DeviceSearch();
        double capacity = Capacity(device);
        // Large grids first: their plans are fast, and rule out most of what is slower.
        foreach (LayoutGrid grid in _space.Grids(device.Most).OrderByDescending(g => g.Devices))
        {
            cancellation.ThrowIfCancellationRequested();
            if (_bounds && RuledOut(device, grid, s, capacity))
            {
                s.Pruned += _space.Count(grid);
                continue;
            }
            foreach (TrainingLayout layout in _space.Layouts(grid)) Weigh(device, layout, s, capacity);
        }
        return s;
    }

    private void Weigh(SearchDevice device, in TrainingLayout layout, DeviceSearch s, double capacity)
    {
        s.Weighed++;
        TrainingMemory memory = device.Estimator.Memory(layout);
        double bytes = memory.Total;
        if (bytes > capacity)
        {
            s.TooLarge++;
            if (s.Front.Count == 0 && (s.Smallest is null || bytes < s.Smallest.Memory.Total)) s.Smallest = new(_request, device, layout, device.Estimator.Time(layout), memory);
            return;
        }
        TrainingTime time = device.Estimator.Time(layout);
        int nodes = (layout.Devices + device.Estimator.NodeSize - 1) / device.Estimator.NodeSize;
        double seconds = PlanCosts.Seconds(_request, time.Seconds, nodes);
        if (seconds > _request.Limits.Time?.Value || PlanCosts.Dollars(device, layout.Devices, seconds) > _request.Limits.Dollars) return;
        if (s.Front.Dominates(Costs(device, layout.Devices, seconds, PlanCosts.JoulesAtLeast(_request, device, layout.Devices, seconds), bytes))) return;
        var plan = new TrainingPlan(_request, device, layout, time, memory);
        if (plan.Joules > _request.Limits.Energy?.Value) return;
        s.Front.Offer(Costs(device, layout.Devices, seconds, plan.Joules, bytes), () => plan);
    }

    private bool RuledOut(SearchDevice device, LayoutGrid grid, DeviceSearch s, double capacity)
    {
        double slack = 1 + device.Estimator.Overhead.Slack, least = double.PositiveInfinity;
        TrainingLayout leanest = default;
        foreach (TrainingLayout lean in _space.Leanest(grid))
        {
            TrainingMemory m = device.Estimator.Memory(lean);
            double bytes = m.Total - (slack * (m.Activations + m.Logits));
            if (bytes < least) (least, leanest) = (bytes, lean);
        }
        if (least > capacity)
        {
            TrainingMemory m = device.Estimator.Memory(leanest);
            if (s.Front.Count == 0 && (s.Smallest is null || m.Total < s.Smallest.Memory.Total)) s.Smallest = new(_request, device, leanest, device.Estimator.Time(leanest), m);
            return true;
        }
        int nodes = (grid.Devices + device.Estimator.NodeSize - 1) / device.Estimator.NodeSize;
        double seconds = PlanCosts.Seconds(_request, device.Estimator.FloorSeconds(grid.Devices, _request.Batch), nodes);
        double joules = PlanCosts.JoulesAtLeast(_request, device, grid.Devices, seconds);
        if (seconds > _request.Limits.Time?.Value || PlanCosts.Dollars(device, grid.Devices, seconds) > _request.Limits.Dollars || joules > _request.Limits.Energy?.Value) return true;
        return s.Front.Dominates(Costs(device, grid.Devices, seconds, joules, least));
    }

    /// <summary>Unknown prices and powers count as endless: such a plan can still be the fastest or the leanest.</summary>
    private static double[] Costs(SearchDevice device, int count, double seconds, double? joules, double bytes)
        => [seconds, PlanCosts.Dollars(device, count, seconds) ?? double.MaxValue, device.WattsOf is null ? double.MaxValue : joules ?? double.MaxValue, bytes];

    private sealed class DeviceSearch
    {
        public ParetoFront<TrainingPlan> Front { get; } = new(Respects);

        public long Weighed { get; set; }

        public long Pruned { get; set; }

        public long TooLarge { get; set; }

        public TrainingPlan? Smallest { get; set; }
    }
}
