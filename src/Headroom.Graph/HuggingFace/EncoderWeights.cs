namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of networks in the first transformer's shape: BERT, ViT and GPT-2, with biases everywhere.</summary>
internal static class EncoderWeights
{
    public static void Add(ModelConfig c, WeightList w)
    {
        long hidden = c.HiddenSize, layers = c.Layers.Length;
        Embeddings(c, w);
        w.Linear(WeightPart.Attention, "query, key and value", 3 * layers, hidden, hidden, c.Attention.InputBias);
        w.Linear(WeightPart.Attention, "output", layers, hidden, hidden, bias: true);
        w.Linear(WeightPart.FeedForward, "first", layers, c.IntermediateSize, hidden, bias: true);
        w.Linear(WeightPart.FeedForward, "second", layers, hidden, c.IntermediateSize, bias: true);
        w.Norm("layer norms", 2 * layers, hidden, bias: true);
        // BERT's one norm outside of the layers is behind the embeddings, that of the others behind the last layer.
        w.Norm("norm", 1, hidden, bias: true);
        Head(c, w);
    }

    private static void Embeddings(ModelConfig c, WeightList w)
    {
        const WeightPart part = WeightPart.Embedding;
        if (c.Image is ImageConfig image)
        {
            w.Add(part, "cls_token", 1, c.HiddenSize);
            w.Add(part, "position_embeddings", 1, image.Patches + 1, c.HiddenSize);
            w.Add(part, "patch projection", 1, c.HiddenSize, image.Channels, image.PatchSize, image.PatchSize);
            w.Add(part, "patch projection bias", 1, c.HiddenSize);
            return;
        }
        w.Add(part, "tokens", 1, c.VocabularySize, c.HiddenSize);
        w.Add(part, "positions", 1, c.MaximumPositions!.Value, c.HiddenSize);
        w.Add(part, "token types", 1, c.TokenTypes, c.HiddenSize);
    }

    /// <summary>What stands behind the last layer, by the architecture's name.</summary>
    private static void Head(ModelConfig c, WeightList w)
    {
        const WeightPart part = WeightPart.Head;
        long hidden = c.HiddenSize;
        switch (c.Architecture)
        {
            case "BertModel" or "ViTModel" or "BertForSequenceClassification":
                w.Linear(part, "pooler", 1, hidden, hidden, bias: true);
                break;
            case "BertForMaskedLM":
                w.Linear(part, "transform", 1, hidden, hidden, bias: true);
                w.Norm("transform norm", 1, hidden, bias: true, part: part);
                w.Add(part, "decoder bias", 1, c.VocabularySize);
                break;
            case "BertForQuestionAnswering":
                w.Linear(part, "qa_outputs", 1, 2, hidden, bias: true);
                break;
            case "" or "GPT2Model" or "GPT2LMHeadModel" or "BertForTokenClassification" or "ViTForImageClassification":
                break;
            default:
                throw new GraphException($"{ConfigFile.Name}: architectures names '{c.Architecture}', whose head this version doesn't know");
        }
        if (c.Architecture is "BertForMaskedLM" or "GPT2LMHeadModel" && !c.TiedEmbeddings) w.Linear(part, "lm_head", 1, c.VocabularySize, hidden);
        if (c.Architecture.EndsWith("Classification", StringComparison.Ordinal)) w.Linear(part, "classifier", 1, c.Labels!.Value, hidden, bias: true);
    }
}
