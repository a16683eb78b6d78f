using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Optimization;

/// <summary>Muon for the matrices of hidden layers, AdamW for all else: embeddings, the head, biases and norms. One moment a hidden weight in the place of two.</summary>
/// <remarks>
/// Jordan et al., https://kellerjordan.github.io/posts/muon/; scale and decay of Liu et al., arXiv:2502.16982. Convolutions' kernels go by AdamW.
/// A departure: where query, key and value are one matrix, they are orthogonalized together.
/// </remarks>
public sealed record MuonRule : OptimizerRule
{
    public double Momentum { get; init; } = 0.95;

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Whether vectors (biases, norms) decay too.</summary>
    public bool DecayVectors { get; init; } = true;

    public override string Name => "muon";

    /// <summary>The matrices of hidden layers, once a model is known.</summary>
    [JsonIgnore]
    public ImmutableHashSet<Value> Hidden { get; init; } = [];

    public override OptimizerRule For(Model model) => this with { Hidden = HiddenMatrices.Of(model) };

    public override void Apply(TypedBuilder b, State weight, Value gradient, UpdateInputs inputs)
    {
        if (!Hidden.Contains(weight.Value))
        {
            new AdamWRule { WeightDecay = WeightDecay, DecayVectors = DecayVectors }.Apply(b, weight, gradient, inputs);
            return;
        }
        Value momentum = Moment(b, weight, "muon.momentum");
        Update(b, new Muon { Momentum = Momentum, WeightDecay = WeightDecay }, weight, [momentum],
            [weight.Value, gradient, momentum, inputs.LearningRate, .. inputs.Scale.Exists ? new[] { inputs.Scale } : []]);
    }
}
