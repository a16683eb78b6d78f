namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of attention, plain or latent.</summary>
internal static class AttentionWeights
{
    private const WeightPart Part = WeightPart.Attention;

    public static void Add(ModelConfig c, Mixer mixer, long layers, WeightList w)
    {
        AttentionConfig a = c.AttentionOf(mixer);
        if (c.Latent is LatentAttentionConfig latent)
        {
            Latent(a, latent, c.HiddenSize, layers, w);
            return;
        }
        long hidden = c.HiddenSize, queries = (long)a.Heads * a.HeadDim, keys = (long)a.KeyValueHeads * a.HeadDim;
        w.Linear(Part, "q_proj", layers, queries, hidden, a.InputBias);
        w.Linear(Part, a.ValuesAreKeys ? "k_proj" : "k_proj and v_proj", a.ValuesAreKeys ? layers : 2 * layers, keys, hidden, a.InputBias);
        w.Linear(Part, "o_proj", layers, hidden, queries, a.OutputBias);
        if (a.NormedHeads) w.Norm("q_norm and k_norm", 2 * layers, a.HeadDim, bias: c.Family == ModelFamily.Phi, part: Part);
        if (a.NormedProjections)
        {
            w.Norm("q_norm", layers, queries, part: Part);
            w.Norm("k_norm", layers, keys, part: Part);
        }
        if (a.Sinks) w.Add(Part, "sinks", layers, a.Heads);
    }

    private static void Latent(AttentionConfig a, LatentAttentionConfig l, long hidden, long layers, WeightList w)
    {
        long queries = (long)a.Heads * ((long)l.PlainHeadDim + l.RotaryHeadDim);
        if (l.QueryRank is int rank)
        {
            w.Linear(Part, "q_a_proj", layers, rank, hidden, a.InputBias);
            w.Norm("q_a_layernorm", layers, rank, part: Part);
            w.Linear(Part, "q_b_proj", layers, queries, rank);
        }
        else
        {
            w.Linear(Part, "q_proj", layers, queries, hidden);
        }
        w.Linear(Part, "kv_a_proj_with_mqa", layers, (long)l.KeyValueRank + l.RotaryHeadDim, hidden, a.InputBias);
        w.Norm("kv_a_layernorm", layers, l.KeyValueRank, part: Part);
        w.Linear(Part, "kv_b_proj", layers, a.Heads * ((long)l.PlainHeadDim + l.ValueHeadDim), l.KeyValueRank);
        w.Linear(Part, "o_proj", layers, hidden, (long)a.Heads * l.ValueHeadDim, a.OutputBias);
        if (l.Indexer is not IndexerConfig i) return;
        w.Linear(Part, "indexer wq_b", layers, (long)i.Heads * i.HeadDim, l.QueryRank!.Value);
        w.Linear(Part, "indexer wk", layers, i.HeadDim, hidden);
        w.Norm("indexer k_norm", layers, i.HeadDim, bias: true, part: Part);
        w.Linear(Part, "indexer weights_proj", layers, i.Heads, hidden);
    }
}
