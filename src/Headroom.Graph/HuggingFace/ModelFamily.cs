namespace Headroom.Graph.HuggingFace;

/// <summary>A kind of network, by the <c>model_type</c> of its <c>config.json</c>: which weights it has, and which keys say how large they are.</summary>
public enum ModelFamily
{
    /// <summary><c>llama</c>, and <c>mistral</c>, which has the same weights.</summary>
    Llama,
    Qwen2,
    Qwen3,
    Qwen3Moe,
    Mixtral,
    Phi,
    Gpt2,
    GptOss,

    /// <summary><c>deepseek_v3</c>, and <c>kimi_k2</c>, which has the same weights.</summary>
    DeepSeekV3,

    /// <summary><c>glm_moe_dsa</c>: DeepSeek's layers with an indexer that picks the tokens to attend to.</summary>
    GlmMoeDsa,
    Llama4,
    Gemma4,

    /// <summary><c>nemotron_h</c>: Mamba-2, attention and feed-forward layers in a written pattern.</summary>
    NemotronH,
    /// <summary><c>gemma</c>, <c>gemma2</c> and <c>gemma3</c>.</summary>
    Gemma,

    /// <summary><c>phi3</c>: Llama's layers, with fused projections.</summary>
    Phi3,
    Qwen2Moe,

    /// <summary><c>deepseek_v2</c>: as DeepSeek-V3, with a router that has no bias.</summary>
    DeepSeekV2,

    /// <summary><c>olmo</c>: Llama's layers, with norms that have no weights.</summary>
    Olmo,

    /// <summary><c>olmo2</c>: norms behind what a layer does, and of queries and keys.</summary>
    Olmo2,

    /// <summary><c>granite</c>: Llama's weights, whose results are scaled.</summary>
    Granite,

    /// <summary>Decoders with layer norms; see <see cref="LayerNormConfig"/>.</summary>
    LayerNormDecoder,
    T5,
    Bert,
    Vit,
}
