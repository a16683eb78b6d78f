using Headroom.Graph.Operators;

namespace Headroom.Graph.Optimization;

/// <summary>AdamW with moments in 8 bits and a maximum for each 256 of them: 2.03 bytes of state a parameter in the place of 8.</summary>
/// <remarks>Dettmers et al., arXiv:2110.02861; see <see cref="AdamW8Bit"/>. As in bitsandbytes (<c>min_8bit_size</c>), small tensors keep fp32 moments; embeddings get no exception of their own, which there is <c>StableEmbedding</c>'s.</remarks>
public sealed record AdamW8BitRule : OptimizerRule
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Whether vectors (biases, norms) decay too, as PyTorch's default does.</summary>
    public bool DecayVectors { get; init; } = true;

    /// <summary>Tensors of fewer elements keep fp32 moments.</summary>
    public long SmallestElements { get; init; } = 4096;

    public override string Name => "adamw8bit";

    public override void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs)
    {
        if (weight.Type.Elements < SmallestElements)
        {
            new AdamWRule { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay, DecayVectors = DecayVectors }.Apply(b, weight, gradient, inputs);
            return;
        }
        var op = new AdamW8Bit
        {
            Beta1 = Beta1,
            Beta2 = Beta2,
            Epsilon = Epsilon,
            WeightDecay = DecayVectors || weight.Type.Rank > 1 ? WeightDecay : 0,
        };
        // Whatever the codes are at first: a block whose maximum is 0 is all 0.
        TensorType codes = AdamW8Bit.Codes(weight.Type), maxima = AdamW8Bit.Maxima(weight.Type);
        Value[] states = [Kept(b, weight, "adam.m", codes), Kept(b, weight, "adam.m.max", maxima), Kept(b, weight, "adam.v", codes), Kept(b, weight, "adam.v.max", maxima)];
        Update(b, op, weight, states, [weight.Value, gradient, .. states, inputs.LearningRate, inputs.Step, .. inputs.Scale.Exists ? new[] { inputs.Scale } : []]);
    }
}
