namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of T5, without a bias anywhere.</summary>
/// <remarks>Names and shapes as in transformers' modeling_t5.py.</remarks>
internal static class T5Weights
{
    public static void Add(ModelConfig c, WeightList w)
    {
        long hidden = c.HiddenSize, inner = (long)c.Attention.Heads * c.Attention.HeadDim, encoder = c.EncoderLayers, decoder = c.Layers.Length - encoder, attentions = encoder + (2 * decoder);
        bool alone = c.Architecture == "T5EncoderModel";
        if (alone) (decoder, attentions) = (0, encoder);
        w.Add(WeightPart.Embedding, "shared", 1, c.VocabularySize, hidden);
        w.Linear(WeightPart.Attention, "q, k and v", 3 * attentions, inner, hidden);
        w.Linear(WeightPart.Attention, "o", attentions, hidden, inner);
        // The first layer of each stack has the biases of distances, for all of it.
        w.Add(WeightPart.Attention, "relative_attention_bias", alone ? 1 : 2, c.RelativePositions, c.Attention.Heads);
        w.Linear(WeightPart.FeedForward, c.Gated ? "wi_0 and wi_1" : "wi", (c.Gated ? 2 : 1) * (encoder + decoder), c.IntermediateSize, hidden);
        w.Linear(WeightPart.FeedForward, "wo", encoder + decoder, hidden, c.IntermediateSize);
        w.Norm("layer norms", (2 * encoder) + (3 * decoder), hidden);
        w.Norm("final norms", alone ? 1 : 2, hidden);
        switch (c.Architecture)
        {
            case "" or "T5ForConditionalGeneration" or "T5WithLMHeadModel":
                if (!c.TiedEmbeddings) w.Linear(WeightPart.Head, "lm_head", 1, c.VocabularySize, hidden);
                break;
            case "T5Model" or "T5EncoderModel":
                break;
            default:
                throw new GraphException($"{ConfigFile.Name}: architectures names '{c.Architecture}', whose head this version doesn't know");
        }
    }
}
