using System.Collections.Immutable;

namespace Headroom.Graph.Operators;

/// <summary>
/// The gradients of attention in its general form; the weights are made again from query and key. Inputs: those of <see cref="Attention"/> (query, key, value, mask, past_key, past_value, nonpad_kv_seqlen), then the
/// gradients of its outputs (the result, present_key, present_value, the scores), any of them absent. Outputs: those by query, key, value, by the mask before its broadcast is summed
/// <c>[batch, heads, queries, mask's keys]</c>, by past_key and past_value.
/// </summary>
/// <remarks>With P the weights and dP = dY Vᵀ: dS = P ∘ (dP - Σ dP ∘ P) by row, dQ = scale · dS K, dK = scale · dSᵀ Q, dV = Pᵀ dY; under a cap c, dS is multiplied by 1 - tanh²(s / c).</remarks>
public sealed class AttentionGeneralGradient : AttentionOperator
{
    /// <summary>Where the gradients of the outputs stand.</summary>
    public const int First = 7;

    public AttentionGeneralGradient() { }

    internal AttentionGeneralGradient(AttentionOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override bool AcceptsStrides(int input) => input < 3;

    public override TensorType[] Infer(Signature s)
    {
        AttentionShape a = ShapeOf(s);
        Check(s, a);
        ElementType mask = s.Has(3) && s.Input(3).Element.IsFloat() ? s.Input(3).Element : s.Input(0).Element;
        return
        [
            s.Input(0), s.Input(1), s.Input(2), new TensorType(mask, a.Batch, a.Heads, a.Queries, a.MaskKeys),
            s.Has(4) ? s.Input(4) : new TensorType(s.Input(1).Element, a.Batch, a.KeyHeads, 0, a.Width), s.Has(5) ? s.Input(5) : new TensorType(s.Input(2).Element, a.Batch, a.KeyHeads, 0, a.ValueWidth),
        ];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[output is 2 or 5 ? 2 : 0];

    public override Cost Cost(Signature s)
    {
        AttentionShape a = ShapeOf(s);
        return new(2.5 * Forward(a), s.InputBytes, s.OutputBytes);
    }

    internal static void Accumulate(Backward b, AttentionOperator forward)
    {
        // AttentionTraining's second output is no output of attention's.
        bool whole = forward is Attention;
        Value dy = b.OutputGradient(0), presentKey = whole ? b.OutputGradient(1) : Value.None, presentValue = whole ? b.OutputGradient(2) : Value.None, scores = whole ? b.OutputGradient(3) : Value.None;
        if (!dy.Exists && !presentKey.Exists && !presentValue.Exists && !scores.Exists) return;
        ImmutableArray<Value> g = b.AddMany(new AttentionGeneralGradient(forward), 6, b.Input(0), b.Input(1), b.Input(2), b.Input(3), b.Input(4), b.Input(5), b.Input(6), dy, presentKey, presentValue, scores);
        for (int i = 0; i < 6; i++)
            if (b.Needs(i)) b.Accumulate(i, i == 3 ? b.SumTo(g[3], b.Type(b.Input(3)).Shape) : g[i]);
    }
}
