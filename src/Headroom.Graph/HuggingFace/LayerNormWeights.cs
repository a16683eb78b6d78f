namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of decoders with layer norms.</summary>
/// <remarks>Shapes as in transformers' modeling files of each family; fused projections are counted by what they fuse.</remarks>
internal static class LayerNormWeights
{
    public static void Add(ModelConfig c, WeightList w)
    {
        LayerNormConfig norms = c.LayerNorms!;
        long hidden = c.HiddenSize, layers = c.Layers.Length;
        w.Add(WeightPart.Embedding, "tokens", 1, c.VocabularySize, norms.TokenWidth);
        if (norms.PositionRows > 0) w.Add(WeightPart.Embedding, "positions", 1, norms.PositionRows, hidden);
        if (norms.TokenWidth != hidden) w.Linear(WeightPart.FeedForward, "project_in and project_out", 2, hidden, norms.TokenWidth);
        AttentionWeights.Add(c, Mixer.Full, layers, w);
        if (c.Gated) w.Linear(WeightPart.FeedForward, "gate", layers, c.IntermediateSize, hidden, c.FeedForwardBias);
        w.Linear(WeightPart.FeedForward, "up", layers, c.IntermediateSize, hidden, c.FeedForwardBias);
        w.Linear(WeightPart.FeedForward, "down", layers, hidden, c.IntermediateSize, c.FeedForwardBias);
        w.Norm("layer norms", norms.PerLayer * layers, hidden, norms.Bias);
        if (norms.AfterTokens) w.Norm("norm behind the tokens", 1, hidden, norms.Bias);
        if (norms.Last) w.Norm("norm", 1, hidden, norms.Bias);
        DecoderWeights.Head(c, w, norms.HeadBias);
    }
}
