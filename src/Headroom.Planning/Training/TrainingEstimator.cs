using Headroom.Devices.Catalogue;
using Headroom.Planning.Models;

namespace Headroom.Planning.Training;

/// <summary>Time and memory of a training step on one kind of accelerator, in any layout. Construction looks figures up; an estimate is arithmetic alone, about a microsecond.</summary>
/// <remarks>
/// Products at the rate that their extents let them reach, attention at its own, elementwise work at memory's; a pass is never faster than its kernels are launched. Stages follow 1F1B: as many passes
/// of the slowest as there are micro-batches, and the others' on the way in and out. Collectives are rings.
/// </remarks>
public sealed class TrainingEstimator
{
    // A gradient towards inputs, and one towards weights.
    private const double BackwardProducts = 2, FrozenBackward = 1;

    // Fused attention makes its scores again: five products for the forward pass's two (arXiv:2205.14135, appendix B).
    private const double AttentionBackward = 2.5;

    // Two sums a layer forward, two backward (arXiv:1909.08053).
    private const double SumsForward = 2, SumsBackward = 2;

    // Scores in fp32, their gradients in the activations' type.
    private const double LogitBytes = 4;

    // Host memory takes the states over PCIe, both ways.
    private const double HostBandwidth = 25e9;

    private const int MostTensor = 64;
    private readonly LayerWork?[] _work = new LayerWork?[MostTensor + 1];
    private readonly Fabric _fabric;
    private readonly double _rate, _half, _attentionRate, _bandwidth, _attention, _layerExtra;

    /// <summary>Prepares a job on a kind of accelerator.</summary>
    /// <param name="job">What is trained.</param>
    /// <param name="device">One of the accelerators; must have a bandwidth, and a peak for the job's type or a wider one.</param>
    /// <param name="rates">What its family reaches.</param>
    /// <param name="stack">What the framework makes of it.</param>
    /// <param name="memory">What a framework takes beside tensors.</param>
    /// <exception cref="ArgumentException">The catalogue lacks the device's bandwidth or peak.</exception>
    public TrainingEstimator(TrainingJob job, Accelerator device, TrainingRates rates, TrainingStack stack, MemoryOverhead memory)
    {
        (Job, Device, Rates, Stack, Overhead) = (job, device, rates, stack, memory);
        _bandwidth = (device.Bandwidth ?? throw new ArgumentException($"{device.Name}: the catalogue has no memory bandwidth, so no time can be told. Give it in a file with --devices-file.")) * rates.BandwidthShare;
        double peak = PeakRates.Of(device, job.Type) ?? throw new ArgumentException($"{device.Name}: the catalogue has no peak for {job.Type} or a wider type. Give it in a file with --devices-file.");
        // Fewer bits make products faster and nothing else, so that a faster product must be larger to reach the same share; attention stays in 16 bits.
        double wide = Math.Min(peak, PeakRates.Of(device, "bf16") ?? peak);
        (_rate, _half, _attentionRate) = (peak * rates.MatrixShare, rates.HalfSize * peak / wide, wide * rates.MatrixShare * rates.AttentionShare);
        _fabric = Fabric.Of(device, rates);
        TransformerShape m = job.Shape;
        _attention = m.AttentionFlops(job.Sequence) / job.Sequence / m.Layers;
        _layerExtra = m.HeadParameters;
    }

    /// <summary>What is trained.</summary>
    public TrainingJob Job { get; }

    /// <summary>One of the accelerators.</summary>
    public Accelerator Device { get; }

    /// <summary>What its family reaches.</summary>
    public TrainingRates Rates { get; }

    /// <summary>The framework.</summary>
    public TrainingStack Stack { get; }

    /// <summary>What the framework takes beside tensors.</summary>
    public MemoryOverhead Overhead { get; }

    /// <summary>Accelerators that links join.</summary>
    public int NodeSize => _fabric.NodeSize;

    /// <summary>FLOPs of one step by the usual count, over all accelerators: what MFU is reckoned with.</summary>
    /// <param name="layout">How it lies.</param>
    public double ModelFlops(in TrainingLayout layout) => layout.Batch * (double)Job.Sequence * Job.Shape.TrainingFlopsPerToken(Job.Sequence);

    /// <summary>Seconds of a step that no layout over so many accelerators beats: every product at its best rate, and nothing else.</summary>
    /// <param name="devices">Accelerators.</param>
    /// <param name="batch">Sequences of a step.</param>
    public double FloorSeconds(int devices, long batch)
    {
        double tokens = batch * (double)Job.Sequence, passes = 1 + (Job.AdapterParameters is null ? BackwardProducts : FrozenBackward);
        return tokens / devices * ((2 * passes * Job.Shape.ActiveParameters / _rate) + (_attention * Job.Shape.Layers * (1 + AttentionBackward) / _attentionRate));
    }

    /// <summary>Seconds of a step.</summary>
    /// <param name="l">A layout that the job can have.</param>
    public TrainingTime Time(in TrainingLayout l)
    {
        LayerWork w = Work(l.Tensor);
        TransformerShape m = Job.Shape;
        double bytes = Job.ActivationBytes, tokens = (double)l.MicroBatch * Job.Sequence / l.Context, layers = (double)m.Layers / l.Pipeline;
        double backward = Job.AdapterParameters is null ? BackwardProducts : FrozenBackward;
        double reached = tokens / (tokens + _half);
        double perExpert = m.Experts == 0 ? 0 : tokens * m.ActiveExperts / m.Experts * l.Expert;
        double products = tokens * ((w.Dense / reached) + (m.Experts == 0 ? 0 : w.Routed * (perExpert + _half) / perExpert));
        double attention = tokens * _attention / l.Tensor / _attentionRate;
        double moved = tokens * ((w.Moved * Stack.Traffic) + (w.Sorted * Stack.RoutingPasses)) / _bandwidth;
        if (!Job.FusedAttention) moved += tokens * Job.Sequence * w.Scores * 2 / _bandwidth;
        // Forward, backward and what is made again, of one layer and one micro-batch.
        double again = l.Recompute == Recompute.Full ? products + attention + moved : l.Recompute == Recompute.Selective && !Job.FusedAttention ? attention + (tokens * Job.Sequence * w.Scores / _bandwidth) : 0;
        double attentionAll = attention * (1 + (Job.FusedAttention ? AttentionBackward : BackwardProducts));
        double computed = (products * (1 + backward)) + attentionAll + (moved * (1 + BackwardProducts)) + again;
        double launches = Stack.LayerSeconds * (3 + (l.Recompute == Recompute.Full ? 1 : 0));
        double waiting = Math.Max(0, launches - computed);
        double shared = Shared(l, tokens, bytes, backward);
        double layer = computed + waiting + shared;
        // The head, on the last stage: 2 FLOPs a weight and token forward, the scores written and read.
        double head = (tokens * 2 * m.HeadParameters * (1 + backward) / l.Tensor / _rate / reached) + (tokens * m.Vocabulary * LogitBytes * 3 / l.Tensor / _bandwidth);
        double slowest = (layers * layer) + head, mean = (layers * layer) + (head / l.Pipeline);
        double hop = l.Pipeline > 1 ? _fabric.Send(tokens * m.Hidden * bytes / (l.SequenceParallel ? l.Tensor : 1), l.Tensor * l.Context * l.Data, l.Pipeline) : 0;
        double bubble = (l.Pipeline - 1) * ((mean / l.Interleave) + (2 * hop)) + (l.Accumulation * 2 * hop * l.Interleave * (l.Pipeline > 1 ? 0.5 : 0));
        int n = l.Accumulation;
        double data = Exposed(l, n * layers * (computed - products - attention - moved));
        return new(n * ((layers * products * (1 + backward)) + head), n * layers * attentionAll, n * layers * moved * (1 + BackwardProducts), n * layers * again, n * layers * waiting, n * layers * shared, bubble, data, Update(l));
    }

    /// <summary>Bytes at the peak.</summary>
    /// <param name="l">A layout that the job can have.</param>
    public TrainingMemory Memory(in TrainingLayout l)
    {
        LayerWork w = Work(l.Tensor);
        TransformerShape m = Job.Shape;
        double tokens = (double)l.MicroBatch * Job.Sequence / l.Context, copies = l.Data * l.Context;
        (double dense, double routed) = Held(l);
        double trained = Job.AdapterParameters is double adapters ? adapters / l.Tensor / l.Pipeline : 0;
        bool all = Job.AdapterParameters is null;
        double held = l.Zero == 3 ? (dense / copies) + (routed * l.Expert / copies) : dense + routed;
        double layer = (m.LayerParameters + m.ExpertParameters) / m.Layers / l.Tensor / l.Expert;
        // Two layers gathered whole at a time: the one at work and the one that comes.
        double weights = (held * Job.WeightBytes) + (l.Zero != 3 ? 0 : l.LoadsWhole ? (dense + routed) * Job.WeightBytes : 2 * layer * Job.WeightBytes) + (all ? 0 : trained * Job.WeightBytes);
        double updated = all ? dense + routed : trained, sharded = all ? (dense / copies) + (routed * l.Expert / copies) : trained / copies;
        double gradients = (l.Zero >= 2 ? sharded : updated) * Job.GradientBytes;
        double states = l.Offload ? 0 : (l.Zero >= 1 ? sharded : updated) * (Job.StateBytes + Job.MasterBytes + Job.UpdateBytes);
        double split = w.KeptSplit, shared = w.KeptShared / (l.SequenceParallel ? l.Tensor : 1), input = Job.ActivationBytes * m.Hidden / (l.SequenceParallel ? l.Tensor : 1);
        double scores = Job.Sequence * w.Scores, whole = tokens * (split + shared + scores), layers = (double)m.Layers / l.Pipeline;
        double kept = l.Recompute switch { Recompute.Full => tokens * input, Recompute.Selective => tokens * (split + shared), _ => whole };
        // The first stage of a pipeline has as many micro-batches on the way as there are stages.
        double flying = Math.Min(l.Pipeline, l.Accumulation) * (l.Interleave > 1 && l.Pipeline > 1 ? 1 + ((l.Pipeline - 1.0) / (l.Pipeline * l.Interleave)) : 1);
        double remade = l.Recompute == Recompute.None ? 0 : whole, activations = (kept * layers * flying) + remade;
        double logits = tokens * m.Vocabulary / l.Tensor * (LogitBytes + Job.ActivationBytes);
        // The last stage has one micro-batch on the way, and the logits: whichever of the two stages is the fuller.
        double last = (kept * layers) + remade + logits;
        if (l.Pipeline > 1) (activations, logits) = last > activations ? (last - logits, logits) : (activations, 0);
        double tensors = weights + gradients + states + activations + logits;
        return new(weights, gradients, states, activations, logits, Overhead.Context + (l.Devices > 1 ? Overhead.Communication : 0) + (tensors * Overhead.Slack));
    }

    private LayerWork Work(int tensor) => tensor <= MostTensor ? _work[tensor] ??= LayerWork.Of(Job, tensor, _rate, _half) : LayerWork.Of(Job, tensor, _rate, _half);

    /// <summary>Weights of the fullest stage: those that every data-parallel copy has, and of experts those of one expert-parallel rank.</summary>
    private (double Dense, double Routed) Held(in TrainingLayout l)
    {
        TransformerShape m = Job.Shape;
        double outside = m.Parameters - m.LayerParameters - m.ExpertParameters;
        // The first stage has the token table; where the head is another matrix, the last has that.
        double tables = l.Pipeline == 1 ? outside : Math.Max(m.EmbeddingParameters, m.Tied ? m.EmbeddingParameters : _layerExtra);
        return (((m.LayerParameters / l.Pipeline) + tables) / l.Tensor, m.ExpertParameters / l.Pipeline / l.Tensor / l.Expert);
    }

    /// <summary>Seconds of one layer's collectives of tensor, context and expert parallelism, one micro-batch, forward and backward.</summary>
    private double Shared(in TrainingLayout l, double tokens, double bytes, double backward)
    {
        TransformerShape m = Job.Shape;
        double seconds = 0, rows = tokens * m.Hidden * bytes;
        double sums = SumsForward + (backward > 0 ? SumsBackward : 0) + (l.Recompute == Recompute.Full ? SumsForward : 0);
        if (l.Tensor > 1) seconds += sums * _fabric.Sum(rows, l.Tensor);
        if (l.Context > 1) seconds += 3 * (1 - Stack.Overlap) * _fabric.Gather(tokens * l.Context * m.KeyValueHeads * (m.HeadDim + m.ValueDim) * bytes / l.Tensor, l.Context, l.Tensor);
        // Sent to the experts and back, forward and backward.
        if (l.Expert > 1) seconds += 4.0 * m.ExpertLayers / m.Layers * (1 - Stack.Overlap) * _fabric.Exchange(rows * m.ActiveExperts / l.Tensor, l.Expert, l.Tensor * l.Context);
        return seconds;
    }

    /// <summary>Seconds of collectives over gradients and weights that the backward pass doesn't hide.</summary>
    private double Exposed(in TrainingLayout l, double backwardSeconds)
    {
        int copies = l.Data * l.Context, gap = l.Tensor;
        if (copies <= 1) return 0;
        (double dense, double routed) = Held(l);
        double trained = Job.AdapterParameters is double a ? a / l.Tensor / l.Pipeline : dense;
        double experts = Job.AdapterParameters is null ? routed : 0;
        int expertCopies = Math.Max(1, copies / l.Expert), expertGap = gap * l.Expert;
        if (l.Zero < 3)
        {
            // Gradients scattered and summed, new weights gathered: as much as a sum. Only the last micro-batch's backward pass can hide it.
            double all = _fabric.Sum(trained * Job.GradientBytes, copies, gap) + _fabric.Sum(experts * Job.GradientBytes, expertCopies, expertGap);
            return Math.Max(all * (1 - Stack.Overlap), all - (Stack.Overlap * backwardSeconds / Math.Max(1, l.Accumulation)));
        }
        double once = (2 * _fabric.Gather(dense * Job.WeightBytes, copies, gap)) + _fabric.Gather(trained * Job.GradientBytes, copies, gap) + (3 * _fabric.Gather(experts * Job.WeightBytes, expertCopies, expertGap));
        double total = once * l.Accumulation;
        // Gathers hide behind the whole pass: a backward pass and its half again, or where weights are frozen as much again.
        double whole = backwardSeconds * (Job.AdapterParameters is null ? 1.5 : 2);
        return Math.Max(total * (1 - Stack.Overlap), total - (Stack.Overlap * whole));
    }

    private double Update(in TrainingLayout l)
    {
        (double dense, double routed) = Held(l);
        double updated = Job.AdapterParameters is double a ? a / l.Tensor / l.Pipeline : dense + routed;
        if (l.Zero >= 1) updated /= l.Data * l.Context;
        // States, master copy and weight are read and written, the gradient read.
        double bytes = updated * ((2 * (Job.StateBytes + Job.MasterBytes + Job.WeightBytes)) + Job.GradientBytes);
        return bytes / (l.Offload ? HostBandwidth : _bandwidth);
    }
}
