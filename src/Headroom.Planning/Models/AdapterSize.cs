namespace Headroom.Planning.Models;

/// <summary>How many weights LoRA adds (arXiv:2106.09685).</summary>
public static class AdapterSize
{
    /// <summary>Two matrices of the rank beside every projection of attention and of dense feed-forward networks.</summary>
    /// <param name="m">The model.</param>
    /// <param name="rank">Of the matrices.</param>
    public static double Of(TransformerShape m, int rank)
    {
        double queries = (double)m.Heads * m.HeadDim, keys = (double)m.KeyValueHeads * m.HeadDim, values = (double)m.KeyValueHeads * m.ValueDim, outputs = (double)m.Heads * m.ValueDim;
        double attention = (4.0 * m.Hidden) + queries + keys + values + outputs, inner = (m.Gated ? 3 : 2) * ((double)m.Hidden + m.Intermediate);
        int attending = m.FullAttentionLayers + m.WindowedLayers, dense = m.Layers - m.ExpertLayers;
        return rank * ((attending * attention) + (dense * inner));
    }
}
