namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of routers and experts.</summary>
internal static class ExpertWeights
{
    private const WeightPart Part = WeightPart.Experts;

    public static void Add(ModelConfig c, long layers, WeightList w)
    {
        ExpertsConfig e = c.Experts!;
        long hidden = c.HiddenSize, all = layers * e.Number, met = layers * e.Active;
        // The router isn't quantised: one wrong choice costs more than all its bits.
        w.Add(Part, "router", layers, e.Number, hidden);
        if (e.Bias || e.CorrectionBias) w.Add(Part, e.Bias ? "router bias" : "e_score_correction_bias", layers, e.Number);
        if (c.Family == ModelFamily.Gemma4)
        {
            w.Add(Part, "router scale", layers, hidden);
            w.Add(Part, "router per_expert_scale", layers, e.Number);
        }
        long routed = e.LatentSize ?? hidden;
        if (e.LatentSize is not null) w.Linear(Part, "latent in and out", 2 * layers, routed, hidden);
        if (c.Gated) w.Linear(Part, "gate_proj", all, e.IntermediateSize, routed, e.Bias, met);
        w.Linear(Part, "up_proj", all, e.IntermediateSize, routed, e.Bias, met);
        w.Linear(Part, "down_proj", all, routed, e.IntermediateSize, e.Bias, met);
        w.Linear(Part, c.Gated ? "shared gate_proj and up_proj" : "shared up_proj", (c.Gated ? 2 : 1) * layers, e.SharedIntermediateSize, hidden);
        w.Linear(Part, "shared down_proj", layers, hidden, e.SharedIntermediateSize);
        if (e.SharedGate) w.Add(Part, "shared_expert_gate", layers, 1, hidden);
    }
}
