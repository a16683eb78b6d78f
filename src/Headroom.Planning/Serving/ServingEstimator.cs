using Headroom.Devices.Catalogue;

namespace Headroom.Planning.Serving;

/// <summary>Time and memory of a decoder that is served on given accelerators in a given layout. Construction looks figures up; every estimate is arithmetic alone.</summary>
/// <remarks>
/// A pass is a roofline: products stream their weights once and compute beside that, the cache is read, accelerators that share products sum their parts twice a layer
/// (arXiv:1909.08053), and each layer costs the stack a constant. The decode floor, weights and cache over bandwidth, is what is left when everything else is free.
/// </remarks>
public sealed class ServingEstimator
{
    // Two row-parallel products a layer, each followed by a sum over the accelerators.
    private const int SumsPerLayer = 2;

    // Where the catalogue has no link between accelerators: PCIe 4.0 with 16 lanes moves this much one way.
    private const double DefaultLink = 25e9;

    // Widths of the residual stream that a layer's values take while it runs: its input, norm, output and their copies lie whole on each accelerator; queries to outputs and a feed-forward network's inner values are split.
    private const double WholeWidths = 6, SplitWidths = 18;

    private readonly double matrixRate, peakRate, weightRate, cacheRate, bandwidth, link, collective, layers, tokenSeconds;
    private readonly double weightBytes, cacheBytes, cacheSharing;

    /// <summary>Prepares a model on a device.</summary>
    /// <param name="work">The model.</param>
    /// <param name="device">One of the accelerators.</param>
    /// <param name="rates">What its family reaches.</param>
    /// <param name="stack">What the software makes of it.</param>
    /// <param name="layout">How many accelerators, and how weights and cache are stored.</param>
    /// <exception cref="ArgumentException">The catalogue lacks the device's bandwidth or peak, or heads can't be shared so.</exception>
    public ServingEstimator(ServingWork work, Accelerator device, ServingRates rates, ServingStack stack, ServingLayout layout)
    {
        (Work, Device, Layout) = (work, device, layout);
        bandwidth = device.Bandwidth ?? throw new ArgumentException($"{device.Name}: the catalogue has no memory bandwidth, so no time can be told. Give it in a file with --devices-file.");
        double peak = PeakRates.Of(device, layout.Type) ?? throw new ArgumentException($"{device.Name}: the catalogue has no peak for {layout.Type} or a wider type. Give it in a file with --devices-file.");
        if (layout.Tensor < 1 || layout.Pipeline < 1) throw new ArgumentException($"{layout.Tensor} x {layout.Pipeline} accelerators: each way needs at least one.");
        peakRate = peak * layout.Tensor;
        matrixRate = peakRate * Math.Min(1, rates.MatrixShare * stack.MatrixShare);
        weightRate = bandwidth * layout.Tensor * Math.Min(1, rates.BandwidthShare * (layout.WeightBits < 16 ? stack.UnpackShare : 1));
        cacheSharing = Math.Min(layout.Tensor, work.KvHeads);
        cacheRate = bandwidth * cacheSharing * Math.Min(1, rates.BandwidthShare);
        link = (layout.Tensor <= (device.NodeSize ?? 8) ? device.Link : device.Network ?? device.Link) ?? DefaultLink;
        collective = layout.Tensor > 1 ? rates.CollectiveSeconds * Math.Log2(layout.Tensor) : 0;
        layers = stack.LayerSeconds * work.Layers;
        tokenSeconds = stack.TokenSeconds;
        (weightBytes, cacheBytes) = (layout.WeightBits / 8, layout.KvBits / 8);
    }

    /// <summary>The model.</summary>
    public ServingWork Work { get; }

    /// <summary>One of the accelerators.</summary>
    public Accelerator Device { get; }

    /// <summary>How the model lies on them.</summary>
    public ServingLayout Layout { get; }

    /// <summary>One pass that writes a token for every sequence.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="context">Tokens that each has so far.</param>
    /// <returns>Seconds by part, from one token of a sequence to its next.</returns>
    public PassTime Decode(double batch, double context)
    {
        // Stages that overlap each work on their part of the batch, so that a sequence waits for one whole pass of that part.
        double at = Layout.PipelineOverlaps ? Math.Max(1, batch / Layout.Pipeline) : batch;
        double flops = at * ((2 * Work.ActiveParameters) + Work.AttentionAt(context));
        return Pass(flops, Work.ReadParameters(at) * weightBytes, at * Work.CacheElements(context) * cacheBytes, at, written: at);
    }

    /// <summary>What no stack can exceed: tokens a second if a pass took nothing but reading weights and cache at the full bandwidth of the accelerators that work at a time.</summary>
    /// <param name="load">Batch and lengths.</param>
    /// <returns>Tokens a second of all sequences.</returns>
    public double DecodeCeiling(ServingLoad load)
    {
        double weights = Work.ReadParameters(load.Batch) * weightBytes / Layout.Tensor, cache = load.Batch * Work.CacheElements(load.Input) * cacheBytes / cacheSharing;
        return load.Batch * bandwidth / (weights + cache);
    }

    /// <summary>One pass over prompts.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="tokens">Of each prompt.</param>
    /// <param name="before">Tokens before them that are in the cache already.</param>
    /// <returns>Seconds by part.</returns>
    public PassTime Prefill(double batch, double tokens, double before = 0)
    {
        if (Layout.Pipeline > 1 && !Layout.PipelineOverlaps && batch * tokens > Layout.PromptPiece) return Pieces(batch, tokens, before);
        return Whole(batch, tokens, before);
    }

    // m pieces through p stages take the time of one piece's whole way, and of m - 1 more at the last stage.
    private PassTime Pieces(double batch, double tokens, double before)
    {
        double pieces = Math.Ceiling(batch * tokens / Layout.PromptPiece);
        PassTime one = Whole(batch, tokens / pieces, before + (tokens / 2));
        double times = 1 + ((pieces - 1) / Layout.Pipeline);
        return new(one.Products * times, one.Cache * times, one.Collectives * times, one.Overhead * times, one.ComputeShare, one.BandwidthShare);
    }

    private PassTime Whole(double batch, double tokens, double before)
    {
        double all = batch * tokens, mean = Work.Causal ? before + (tokens / 2) : before + tokens;
        double flops = (all * ((2 * (Work.ActiveParameters - Work.HeadParameters)) + Work.AttentionAt(mean, prompt: true))) + (batch * 2 * Work.HeadParameters);
        return Pass(flops, Work.ReadParameters(all) * weightBytes, batch * Work.CacheElements(before + tokens) * cacheBytes, all, written: batch);
    }

    /// <summary>A batch from its prompts to its last tokens, all in step.</summary>
    /// <param name="load">What is asked.</param>
    /// <returns>Latencies, throughput and memory.</returns>
    public ServingEstimate Estimate(ServingLoad load)
    {
        PassTime prefill = Prompts(load), decode = Decode(load.Batch, load.Input + (load.Output / 2));
        double steps = Math.Max(0, load.Output - 1), seconds = prefill.Seconds + (steps * decode.Seconds);
        return Result(load, prefill, decode, seconds, steps);
    }

    /// <summary>A server that takes a new prompt whenever a sequence ends, always full: each step writes a token for every sequence and works through the prompts of those that came.</summary>
    /// <param name="load">What is asked; its batch is always under way.</param>
    /// <returns>Latencies, throughput and memory in the steady state.</returns>
    public ServingEstimate Continuous(ServingLoad load)
    {
        PassTime prefill = Prompts(load), decode = Decode(load.Batch, load.Input + (load.Output / 2));
        double stages = Layout.PipelineOverlaps ? Layout.Pipeline : 1;
        double seconds = (prefill.Seconds / stages) + (load.Output * decode.Seconds);
        return Result(load, prefill, decode, seconds, load.Output) with { TimePerToken = seconds / load.Output };
    }

    /// <summary>Bytes on the fullest accelerator.</summary>
    /// <param name="load">What is asked.</param>
    /// <returns>Bytes by part.</returns>
    public ServingMemory Memory(ServingLoad load)
    {
        double own = Pages(load.Input + load.Output) - Pages(load.SharedPrefix);
        double elements = (load.Batch * Work.CacheElements(own)) + (load.SharedPrefix > 0 ? Work.CacheElements(Pages(load.SharedPrefix)) : 0);
        double tokens = Math.Min(Layout.PromptPiece, Math.Max(load.Batch, load.Batch * load.Input));
        double activations = tokens * Work.Hidden * 2 * (WholeWidths + (SplitWidths / Layout.Tensor));
        double tables = Layout.WholeTables ? Work.TableParameters * weightBytes * (1 - (1.0 / Layout.Tensor)) : 0;
        return new((Work.Parameters * weightBytes / Layout.Devices) + tables, elements * cacheBytes / (cacheSharing * Layout.Pipeline), activations, Layout.RuntimeBytes, UsableMemory.Of(Device) * Layout.MemoryShare);
    }

    /// <summary>The largest batch that fits in memory.</summary>
    /// <param name="load">Lengths; its batch is ignored.</param>
    /// <returns>Sequences, 0 where not one fits; null where the catalogue has no memory size.</returns>
    public long? LargestBatch(ServingLoad load)
    {
        if (Device.Memory is null) return null;
        return Last(batch => Memory(load with { Batch = batch }).Fits);
    }

    /// <summary>The largest batch that fits and keeps to a time from token to token.</summary>
    /// <param name="load">Lengths; its batch is ignored.</param>
    /// <param name="timePerToken">Seconds at most.</param>
    /// <returns>Sequences, 0 where a single one takes longer or doesn't fit.</returns>
    public long LargestBatchWithin(ServingLoad load, double timePerToken) =>
        Last(batch => Memory(load with { Batch = batch }).Fits && Decode(batch, load.Input + (load.Output / 2)).Seconds <= timePerToken);

    // Both conditions only ever fail from some batch on, so that doubling and halving finds the last that holds.
    private static long Last(Func<double, bool> holds)
    {
        const long most = 1 << 20;
        long low = 0, high = 1;
        while (high < most && holds(high)) (low, high) = (high, 2 * high);
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            if (holds(middle)) low = middle;
            else high = middle;
        }

        return low;
    }

    // What all sequences share is in the cache already, computed once for all that ever come.
    private PassTime Prompts(ServingLoad load) => Prefill(load.Batch, Math.Max(1, load.Input - load.SharedPrefix), load.SharedPrefix);

    private ServingEstimate Result(ServingLoad load, PassTime prefill, PassTime decode, double seconds, double steps)
    {
        double compute = ((prefill.ComputeShare * prefill.Seconds) + (steps * decode.ComputeShare * decode.Seconds)) / seconds;
        double memory = ((prefill.BandwidthShare * prefill.Seconds) + (steps * decode.BandwidthShare * decode.Seconds)) / seconds;
        return new(prefill.Seconds, decode.Seconds, load.Batch * load.Output / seconds, Math.Min(1, compute), Math.Min(1, memory), Memory(load));
    }

    private PassTime Pass(double flops, double weights, double cache, double tokens, double written)
    {
        double matrix = flops / matrixRate, stream = weights / weightRate;
        double products = Math.Sqrt((matrix * matrix) + (stream * stream)), read = cache / cacheRate;
        int t = Layout.Tensor;
        double sums = t == 1 ? 0 : SumsPerLayer * Work.Layers * (collective + (2.0 * (t - 1) / t * tokens * Work.Hidden * 2 / link));
        double overhead = layers + (tokenSeconds * written), seconds = products + read + sums + overhead;
        return new(products, read, sums, overhead, flops / peakRate / seconds, ((weights / t) + (cache / cacheSharing)) / bandwidth / seconds);
    }

    private double Pages(double tokens) => Math.Ceiling(tokens / Layout.Page) * Layout.Page;
}
