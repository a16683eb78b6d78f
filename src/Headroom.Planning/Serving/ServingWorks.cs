using Headroom.Graph.HuggingFace;

namespace Headroom.Planning.Serving;

/// <summary>Reads what serving asks of a device out of a <c>config.json</c>'s facts.</summary>
public static class ServingWorks
{
    /// <summary>The work of a model.</summary>
    /// <param name="name">As it is shown.</param>
    /// <param name="config">Its facts.</param>
    /// <returns>What one pass asks of a device.</returns>
    public static ServingWork Of(string name, ModelConfig config)
    {
        var size = ModelSize.Of(config);
        WeightCount[] text = [.. size.Weights.Where(w => w.Part != WeightPart.Vision)];
        // Of weights that no token meets all of, the copies that differ are the routed experts.
        double routed = text.Where(w => w.Part == WeightPart.Experts && w.Active < w.Copies).Sum(w => (double)w.Parameters);
        double table = Sum(text, WeightPart.Embedding), head = config.TiedEmbeddings ? table : Sum(text, WeightPart.Head);
        double all = text.Sum(w => (double)w.Parameters);
        AttentionConfig attention = config.Attention;
        int full = config.Layers.Count(l => l.Mixer == Mixer.Full), windowed = config.Layers.Count(l => l.Mixer == Mixer.Windowed);
        return new ServingWork
        {
            Name = name,
            Layers = config.Layers.Length,
            Hidden = config.HiddenSize,
            Parameters = size.Parameters,
            DenseParameters = all - routed - (config.TiedEmbeddings ? 0 : table),
            HeadParameters = head,
            ExpertParameters = routed,
            Experts = routed > 0 ? config.Experts!.Number : 0,
            ActiveExperts = routed > 0 ? config.Experts!.Active : 0,
            KvElements = size.Cache.Groups.Where(g => g.Window is null).Sum(g => (double)g.Layers * g.Elements),
            WindowedKvElements = size.Cache.Groups.Where(g => g.Window is not null).Sum(g => (double)g.Layers * g.Elements),
            Window = windowed > 0 ? config.Window ?? int.MaxValue : 0,
            AttentionFlops = full * PerToken(config, attention, compressed: true),
            PromptAttentionFlops = config.Latent is null ? null : full * PerToken(config, attention, compressed: false),
            WindowedAttentionFlops = windowed * PerToken(config, config.AttentionOf(Mixer.Windowed), compressed: true),
            StateElements = size.Cache.StateElements,
            KvHeads = config.Latent is null ? attention.KeyValueHeads : 1,
            Causal = config.Family is not (ModelFamily.Bert or ModelFamily.Vit),
        };
    }

    // Scores and the weighted sum, 2 FLOPs an element each. Latent attention decodes on the compressed rows themselves (arXiv:2405.04434, section 2.1.2), and unpacks them for prompts.
    private static double PerToken(ModelConfig config, AttentionConfig attention, bool compressed) => config.Latent is not { } latent
        ? 4.0 * attention.Heads * attention.HeadDim
        : 2.0 * attention.Heads * (compressed ? (2 * latent.KeyValueRank) + latent.RotaryHeadDim : latent.PlainHeadDim + latent.RotaryHeadDim + latent.ValueHeadDim);

    private static double Sum(IEnumerable<WeightCount> weights, WeightPart part) => weights.Where(w => w.Part == part).Sum(w => (double)w.Parameters);
}
