using Headroom.Planning.Models;

namespace Headroom.Planning.Training;

/// <summary>What one token takes in a mean layer of a model that is shared by so many accelerators: seconds of products at full length, bytes moved and kept.</summary>
/// <param name="Dense">Seconds a token of the products that every token passes, were a pass endless.</param>
/// <param name="Routed">Seconds a token of the products of its experts, were an expert's tokens endless.</param>
/// <param name="Moved">Bytes a token that elementwise work moves, forward.</param>
/// <param name="KeptShared">Bytes a token kept of what lies whole on each of the accelerators.</param>
/// <param name="KeptSplit">Bytes a token kept of what is split over them.</param>
/// <param name="Scores">Bytes a token and token before it kept of attention's scores, where they are written.</param>
/// <param name="Sorted">Bytes a token of one crossing of memory by what goes to its experts.</param>
internal readonly record struct LayerWork(double Dense, double Routed, double Moved, double Sorted, double KeptShared, double KeptSplit, double Scores)
{
    // Of scores in two bytes: softmax's output, its dropout mask of one byte, the dropped-out scores (arXiv:2205.05198, section 4.1).
    private const double ScoreBytes = 5;

    /// <param name="job">What is trained.</param>
    /// <param name="tensor">Accelerators that share a layer.</param>
    /// <param name="rate">FLOP/s of endless products.</param>
    /// <param name="half">Extent at which half of it is reached.</param>
    public static LayerWork Of(TrainingJob job, int tensor, double rate, double half)
    {
        TransformerShape m = job.Shape;
        double layers = m.Layers, hidden = m.Hidden, queries = (double)m.Heads * m.HeadDim, keys = (double)m.KeyValueHeads * (m.HeadDim + m.ValueDim), values = (double)m.Heads * m.ValueDim;
        double attending = (m.FullAttentionLayers + m.WindowedLayers) / layers, routing = m.ExpertLayers / layers;
        int gates = m.Gated ? 2 : 1;
        // The products' true elements, kept to what the weights count says; how fast they run follows from their extents.
        double attention = attending * ((hidden * (queries + keys)) + (values * hidden));
        double counted = m.LayerParameters / layers;
        double dense = Math.Max(0, counted - attention);
        double width = Math.Max(1, m.Intermediate);
        double fast = (attending * hidden * (queries + keys) / Reached(hidden, (queries + keys) / tensor)) + (attending * values * hidden / Reached(values / tensor, hidden))
            + (dense * gates / (gates + 1) / Reached(hidden, gates * width / tensor)) + (dense / (gates + 1) / Reached(width / tensor, hidden));
        double routed = m.Experts > 0 ? m.ExpertParameters * m.ActiveExperts / m.Experts / layers : 0;
        double expert = Math.Max(1, m.ExpertWidth);
        double slow = routed == 0 ? 0 : (routed * gates / (gates + 1) / Reached(hidden, gates * expert / tensor)) + (routed / (gates + 1) / Reached(expert / tensor, hidden));
        double bytes = job.ActivationBytes, inner = (dense / hidden / (gates + 1)) + (routing * m.ActiveExperts * expert);
        // Two norms read and write, two residuals read twice and write; rotation or bias, and the activation function, on what is split.
        double moved = bytes * ((10 * hidden) + (((2 * attending * (queries + keys)) + ((gates + 1) * inner)) / tensor));
        // Norms' inputs and outputs; queries, keys, values, attention's output; what the feed-forward network reads and writes inside.
        // Frozen matrices need no input to be kept: so the activation function's product goes; adapters keep their own input, dropped out, with its mask.
        int saved = job.AdapterParameters is null || job.KeepsFrozenInputs ? 1 : 0;
        // Models that gate have RMS norms, two a layer.
        double norms = job.UnfusedNorms && m.Gated ? 2 * 4 * hidden : 0;
        double shared = norms + bytes * hidden * (job.AdapterParameters is null ? 4 : job.KeepsFrozenInputs ? 10 : 7) + (bytes * hidden * routing * m.ActiveExperts), split = bytes * ((attending * (queries + keys + values)) + ((gates + saved) * inner)) / tensor;
        return new(2 * fast / rate / tensor, 2 * slow / rate / tensor, moved, bytes * hidden * routing * m.ActiveExperts / tensor, shared, split, job.FusedAttention ? 0 : attending * ScoreBytes * m.Heads / tensor);

        double Reached(double a, double b) => a / (a + half) * (b / (b + half));
    }
}
