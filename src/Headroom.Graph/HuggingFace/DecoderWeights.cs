namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of a decoder, layer kind by layer kind.</summary>
/// <remarks>Names and shapes as in transformers' modeling files of each family.</remarks>
internal static class DecoderWeights
{
    public static void Add(ModelConfig c, WeightList w)
    {
        long hidden = c.HiddenSize;
        bool centred = c.Family == ModelFamily.Phi;
        w.Add(WeightPart.Embedding, "embed_tokens", 1, c.VocabularySize, hidden);
        foreach (var layers in c.Layers.GroupBy(k => k))
        {
            long n = layers.Count();
            LayerKind kind = layers.Key;
            if (kind.Mixer is Mixer.Full or Mixer.Windowed) AttentionWeights.Add(c, kind.Mixer, n, w);
            if (kind.Mixer == Mixer.Mamba) Mamba(c.Mamba!, hidden, n, w);
            if (kind.FeedForward.HasFlag(FeedForward.Dense)) Dense(c, n, w);
            if (kind.FeedForward.HasFlag(FeedForward.Experts)) ExpertWeights.Add(c, n, w);
            Norms(c, kind, n, w);
        }
        if (c.Family != ModelFamily.Olmo) w.Norm("norm", 1, hidden, bias: centred);
        Head(c, w, c.Family == ModelFamily.Phi);
        if (c.Vision is VisionConfig vision) VisionWeights.Add(vision, c.Family, w);
    }

    /// <summary>What stands behind the last norm, by the end of the architecture's name.</summary>
    /// <param name="c">The model.</param>
    /// <param name="w">Where to.</param>
    /// <param name="bias">Whether the head has one.</param>
    public static void Head(ModelConfig c, WeightList w, bool bias)
    {
        bool Is(string end) => c.Architecture.EndsWith(end, StringComparison.Ordinal);
        if (Is("ForSequenceClassification")) w.Linear(WeightPart.Head, "score", 1, c.Labels!.Value, c.HiddenSize);
        else if (c.Architecture.Length == 0 || Is("ForCausalLM") || Is("ForConditionalGeneration"))
        {
            if (!c.TiedEmbeddings) w.Linear(WeightPart.Head, "lm_head", 1, c.VocabularySize, c.HiddenSize, bias: bias);
        }
        else if (!Is("Model"))
        {
            throw new GraphException($"{ConfigFile.Name}: architectures names '{c.Architecture}', whose head this version doesn't know");
        }
    }

    private static void Dense(ModelConfig c, long layers, WeightList w)
    {
        const WeightPart part = WeightPart.FeedForward;
        if (c.Gated) w.Linear(part, "gate_proj", layers, c.IntermediateSize, c.HiddenSize, c.FeedForwardBias);
        w.Linear(part, c.Family == ModelFamily.Phi ? "fc1" : "up_proj", layers, c.IntermediateSize, c.HiddenSize, c.FeedForwardBias);
        w.Linear(part, c.Family == ModelFamily.Phi ? "fc2" : "down_proj", layers, c.HiddenSize, c.IntermediateSize, c.FeedForwardBias);
    }

    /// <summary>One norm before what the layer does; Gemma has them behind it too, and around its experts.</summary>
    private static void Norms(ModelConfig c, LayerKind kind, long layers, WeightList w)
    {
        // OLMo's norms have no weights; OLMo 2 has its two behind attention and behind the feed-forward network.
        if (c.Family == ModelFamily.Olmo) return;
        if (c.Family == ModelFamily.Olmo2)
        {
            w.Norm("post_attention_layernorm and post_feedforward_layernorm", 2 * layers, c.HiddenSize);
            return;
        }
        w.Norm("input_layernorm", layers, c.HiddenSize, bias: c.Family == ModelFamily.Phi);
        // Phi's feed-forward runs beside attention, from the same norm; Nemotron-H's layers do one thing each.
        if (c.Family is not (ModelFamily.Phi or ModelFamily.NemotronH)) w.Norm("post_attention_layernorm", layers, c.HiddenSize);
        if (c.Family == ModelFamily.Gemma4 || (c.Family == ModelFamily.Gemma && c.ModelType != "gemma")) w.Norm("pre_ and post_feedforward_layernorm", 2 * layers, c.HiddenSize);
        if (c.Family != ModelFamily.Gemma4) return;
        w.Add(WeightPart.Norms, "layer_scalar", layers, 1);
        if (kind.FeedForward.HasFlag(FeedForward.Experts)) w.Norm("pre_feedforward_layernorm_2 and post_feedforward_layernorm_1, _2", 3 * layers, c.HiddenSize);
    }

    private static void Mamba(MambaConfig m, long hidden, long layers, WeightList w)
    {
        const WeightPart part = WeightPart.Mamba;
        // In goes to the gate, to what the convolution takes, and to a time step a head.
        w.Linear(part, "in_proj", layers, checked(m.Inner + m.Convolved + m.Heads), hidden, m.ProjectionBias);
        w.Add(part, "conv1d", layers, m.Convolved, m.Kernel);
        if (m.ConvolutionBias) w.Add(part, "conv1d bias", layers, m.Convolved);
        w.Add(part, "A_log, D and dt_bias", 3 * layers, m.Heads);
        w.Norm("norm", layers, m.Inner, part: part);
        w.Linear(part, "out_proj", layers, hidden, m.Inner, m.ProjectionBias);
    }
}
