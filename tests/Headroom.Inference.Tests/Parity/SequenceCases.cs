using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

internal sealed class SequenceCases : CaseFamily
{
    private static readonly RecurrentActivation Leaky = new(ActivationKind.LeakyRelu, 0.2f), Hard = new(ActivationKind.HardSigmoid, 0.3f, 0.4f), Scaled = new(ActivationKind.ScaledTanh, 0.8f, 0.5f);

    public override IEnumerable<Case> All =>
    [
        Of("Attention grouped", b => b.Add(new Attention { QueryHeads = 4, KeyHeads = 2 }, b.F(2, 3, 16), b.F(2, 5, 8), b.F(2, 5, 8))),
        Of("Attention wide value", b => b.Add(new Attention { QueryHeads = 2, KeyHeads = 2 }, b.F(2, 3, 8), b.F(2, 5, 8), b.F(2, 5, 12))),
        Of("Attention grouped heads", b => b.Add(new Attention { IsCausal = true }, b.F(2, 4, 3, 8), b.F(2, 2, 3, 8), b.F(2, 2, 3, 8)), 23),
        Of("Attention soft cap", b => b.Add(new Attention { Softcap = 2 }, b.F(2, 2, 3, 8), b.F(2, 2, 5, 8), b.F(2, 2, 5, 8)), 23),
        new("Attention with past", b => b.AddMany(new Attention(), 3, b.F(2, 2, 3, 8), b.F(2, 2, 5, 8), b.F(2, 2, 5, 8), Value.None, b.F(2, 2, 4, 8), b.F(2, 2, 4, 8)), 23),
        new("Attention scores", b => b.AddMany(new Attention(), 4, b.F(2, 2, 3, 8), b.F(2, 2, 5, 8), b.F(2, 2, 5, 8), Value.None, b.F(2, 2, 4, 8), b.F(2, 2, 4, 8)), 23),
        Of("RotaryEmbedding", b => b.Add(new RotaryEmbedding(), b.F(2, 3, 4, 8), b.F(7, 4), b.F(7, 4), b.I(0, 7, 2, 4))),
        Of("RotaryEmbedding packed partial", b => b.Add(new RotaryEmbedding { Heads = 2, RotaryWidth = 4 }, b.F(2, 3, 12), b.F(7, 2), b.F(7, 2), b.I(0, 7, 2, 3))),
        Of("RotaryEmbedding interleaved", b => b.Add(new RotaryEmbedding { Interleaved = true }, b.F(2, 3, 4, 8), b.F(2, 4, 4), b.F(2, 4, 4))),
        new("LSTM plain", b => b.AddMany(new LSTM { HiddenSize = 4 }, 3, b.F(5, 2, 3), b.F(1, 16, 3), b.F(1, 16, 4))),
        new("LSTM everything", b => b.AddMany(new LSTM { Direction = RecurrentDirection.Bidirectional, Clip = 1.5f }, 3, b.F(5, 2, 3), b.F(2, 16, 3), b.F(2, 16, 4), b.F(2, 32), b.I32(1, 6, 2), b.F(2, 2, 4), b.F(2, 2, 4), b.F(2, 12))),
        new("LSTM activations", b => b.AddMany(new LSTM { Activations = [Hard, Scaled, Leaky] }, 3, b.F(5, 2, 3), b.F(1, 16, 3), b.F(1, 16, 4))),
        new("GRU plain", b => b.AddMany(new GRU(), 2, b.F(5, 2, 3), b.F(1, 12, 3), b.F(1, 12, 4))),
        new("GRU linear before reset", b => b.AddMany(new GRU { Direction = RecurrentDirection.Bidirectional, LinearBeforeReset = true }, 2, b.F(5, 2, 3), b.F(2, 12, 3), b.F(2, 12, 4), b.F(2, 24), b.I32(1, 6, 2), b.F(2, 2, 4))),
        new("GRU reversed", b => b.AddMany(new GRU { Direction = RecurrentDirection.Reverse, Clip = 1, Activations = [Hard, Leaky] }, 2, b.F(5, 2, 3), b.F(1, 12, 3), b.F(1, 12, 4), b.F(1, 24))),
        new("RNN plain", b => b.AddMany(new RNN(), 2, b.F(5, 2, 3), b.F(1, 4, 3), b.F(1, 4, 4))),
        new("RNN everything", b => b.AddMany(new RNN { Direction = RecurrentDirection.Bidirectional, Activations = [new(ActivationKind.Relu), Leaky] }, 2, b.F(5, 2, 3), b.F(2, 4, 3), b.F(2, 4, 4), b.F(2, 8), b.I32(1, 6, 2), b.F(2, 2, 4))),
    ];
}
