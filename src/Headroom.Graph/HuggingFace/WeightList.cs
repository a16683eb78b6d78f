using System.Collections.Immutable;

namespace Headroom.Graph.HuggingFace;

/// <summary>Collects a network's weights; those of one name and shape are one entry, whichever layers they are in.</summary>
/// <param name="quantization">How the file keeps its matrices.</param>
internal sealed class WeightList(QuantizationConfig? quantization)
{
    private readonly List<WeightCount> _weights = [];

    public ImmutableArray<WeightCount> All => [.. _weights];

    /// <summary>Weights that every token meets.</summary>
    public void Add(WeightPart part, string name, long copies, params long[] shape) => Add(part, name, copies, copies, false, shape);

    /// <summary>The matrix of a linear map, and its bias.</summary>
    public void Linear(WeightPart part, string name, long copies, long outputs, long inputs, bool bias = false, long? active = null)
    {
        bool quantized = quantization?.Method == "fp8" ? part is WeightPart.Attention or WeightPart.FeedForward or WeightPart.Experts : quantization?.Method == "mxfp4" && part == WeightPart.Experts;
        Add(part, name, copies, active ?? copies, quantized, outputs, inputs);
        if (bias) Add(part, name + " bias", copies, active ?? copies, false, outputs);
    }

    /// <summary>A norm: a weight an element, and a bias where it centres.</summary>
    public void Norm(string name, long copies, long size, bool bias = false, WeightPart part = WeightPart.Norms) => Add(part, bias ? name + " weight and bias" : name, copies, bias ? [2, size] : [size]);

    private void Add(WeightPart part, string name, long copies, long active, bool quantized, params long[] shape)
    {
        if (copies == 0 || shape.Contains(0)) return;
        // A token of text never meets the picture encoder.
        long met = part == WeightPart.Vision ? 0 : active;
        int like = _weights.FindIndex(w => w.Part == part && w.Name == name && w.Shape.AsSpan().SequenceEqual(shape));
        if (like < 0) _weights.Add(new WeightCount(part, name, copies, met, [.. shape], quantized));
        else _weights[like] = _weights[like] with { Copies = _weights[like].Copies + copies, Active = _weights[like].Active + met };
    }
}
