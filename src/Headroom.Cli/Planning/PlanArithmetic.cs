using System.Globalization;
using Headroom.Cli.Terminal;
using Headroom.Evidence.Quantities;
using Headroom.Planning;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Cli.Planning;

/// <summary>The first plan's arithmetic, line by line: formula, figures, source.</summary>
internal static class PlanArithmetic
{
    public static void Print(TrainingPlan p)
    {
        (TrainingLayout l, TrainingJob job, TrainingEstimator e) = (p.Layout, p.Request.Job, p.Device.Estimator);
        var m = job.Shape;
        double copies = l.Data * l.Context;
        Lines.Stage("Memory of one accelerator");
        Line("weights", p.Memory.Weights, $"{CountText.Show(m.Parameters)} / (tensor {l.Tensor} x stages {l.Pipeline}){(l.Zero == 3 ? $" / {copies} copies, and two layers gathered" : "")} x {N(job.WeightBytes)} bytes", "arXiv:1909.08053, 1910.02054");
        Line("gradients", p.Memory.Gradients, $"{CountText.Show(job.TrainedParameters)} trained / ({l.Tensor} x {l.Pipeline}){(l.Zero >= 2 ? $" / {copies}" : "")} x {N(job.GradientBytes)} bytes", "arXiv:1910.02054, section 3");
        Line("optimizer", p.Memory.Optimizer, $"{CountText.Show(job.TrainedParameters)} / ({l.Tensor} x {l.Pipeline}){(l.Zero >= 1 ? $" / {copies}" : "")} x ({N(job.StateBytes)} of {job.Optimizer} + {N(job.MasterBytes)} master){(l.Offload ? ", on the host" : "")}", "arXiv:1910.02054, section 3");
        Line("activations", p.Memory.Activations, $"{l.MicroBatch} x {job.Sequence / l.Context} tokens x {N((double)m.Layers / l.Pipeline)} layers x {Math.Min(l.Pipeline, l.Accumulation)} on the way, {(l.Recompute == Recompute.Full ? "a layer's input kept" : "all kept")}", "arXiv:2205.05198, section 4");
        Line("logits", p.Memory.Logits, $"{l.MicroBatch * job.Sequence / l.Context} tokens x {m.Vocabulary} scores / {l.Tensor}, in fp32 and as gradients", "");
        Line("runtime", p.Memory.Runtime, $"context {new Bytes((long)e.Overhead.Context)}, collectives' buffers, {e.Overhead.Slack:P0} slack", "calibration");
        Lines.Stage("Seconds of a step");
        double peak = PeakRates.Of(p.Accelerator, job.Type) ?? 0;
        Seconds("products", p.Time.Matrices, $"{(job.AdapterParameters is null ? 6 : 4)} x {CountText.Show(m.ActiveParameters)} x {CountText.Show(l.Batch * (double)job.Sequence)} tokens / {p.Count} / ({peak / 1e12:F0} TFLOP/s x {N(e.Rates.MatrixShare)}), and what small extents lose (half at {N(e.Rates.HalfSize)})", "peak: catalogue; shares: calibration");
        Seconds("attention", p.Time.Attention, $"{CountText.Show(m.AttentionFlops(job.Sequence))} FLOP a sequence forward, {(job.FusedAttention ? "2.5" : "2")} times that back, at {N(e.Rates.AttentionShare)} of the products' rate", "arXiv:2205.14135");
        Seconds("elementwise", p.Time.Elementwise, $"norms, residuals, activations at {p.Accelerator.Bandwidth / 1e9:F0} GB/s x {N(e.Rates.BandwidthShare)}, {N(e.Stack.Traffic)} times what they must move", "calibration");
        Seconds("recomputed", p.Time.Recomputed, l.Recompute == Recompute.Full ? "one more forward pass" : l.Recompute == Recompute.Selective ? "attention's scores" : "nothing", "arXiv:2205.05198");
        Seconds("launches", p.Time.Host, $"{e.Stack.LayerSeconds * 1e6:F0} us a layer and pass, where the accelerator is faster", "calibration");
        Seconds("collectives", p.Time.Tensor, $"{(l.Recompute == Recompute.Full ? 6 : 4)} sums a layer over {l.Tensor}, rings at {p.Accelerator.Link / 1e9:F0} GB/s x {N(e.Rates.LinkShare)}{(l.Context > 1 ? $"; keys and values over {l.Context}" : "")}{(l.Expert > 1 ? $"; tokens to experts over {l.Expert}" : "")}", "arXiv:1909.08053");
        Seconds("waiting", p.Time.Bubble, $"{l.Pipeline - 1} of {l.Accumulation} micro-batches, over {l.Interleave} parts a stage", "arXiv:2104.04473, section 2.2");
        Seconds("data", p.Time.Data, $"gradients and weights over {copies} copies, less what hides ({N(e.Stack.Overlap)})", "arXiv:1910.02054, section 7");
        Seconds("update", p.Time.Update, $"{CountText.Show(job.TrainedParameters)} weights' states read and written", "");
        Lines.Note($"{"sum",-13}{new Seconds(p.Time.Seconds),12}");
        Lines.Stage("The whole run");
        Lines.Note($"{p.Steps:N0} steps x {new Seconds(p.Time.Seconds)} = {PlanView.Span(p.Steps * p.Time.Seconds)}{(p.Request.Spot is null ? "" : $", {PlanView.Span(p.Seconds)} with interruptions (Daly 2006)")}");
        if (p.Dollars is double dollars) Lines.Note($"{p.Count} x {p.Device.DollarsPerHour!.Value.ToString("0.00##", CultureInfo.InvariantCulture)} USD an hour x {p.Seconds / 3600:N1} h = {dollars:N2} USD");
        if (p is { Joules: double joules, Watts: double watts }) Lines.Note($"{p.Count} x {watts:F0} W (TDP {p.Accelerator.Watts?.Value:F0} W) x {p.Seconds / 3600:N1} h x PUE {N(p.Request.Power.Overhead)} = {joules / 3.6e6:N1} kWh");
    }

    private static void Line(string name, double bytes, string how, string source) => Lines.Note($"{name,-13}{bytes / 1e9,9:F2} GB  {how}{(source.Length > 0 ? $"  [{source}]" : "")}");

    private static void Seconds(string name, double seconds, string how, string source) => Lines.Note($"{name,-13}{new Seconds(seconds),12}  {how}{(source.Length > 0 ? $"  [{source}]" : "")}");

    private static string N(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
