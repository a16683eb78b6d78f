using System.Text;
using System.Text.Json.Nodes;
using Headroom.Graph.HuggingFace;

namespace Headroom.Graph.Tests.HuggingFace;

/// <summary>Small configs in the makers' keys, one a family.</summary>
internal static class Configs
{
    public const string Llama = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 32, "intermediate_size": 80, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "vocab_size": 100, "max_position_embeddings": 64, "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "hidden_act": "silu",
         "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16, "rope_type": "llama3"}}
        """;

    public const string Mistral = """
        {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
         "num_key_value_heads": 8, "vocab_size": 32000, "sliding_window": 4096, "torch_dtype": "bfloat16"}
        """;

    public const string Gpt2 = """
        {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "n_ctx": 1024, "vocab_size": 50257, "activation_function": "gelu_new"}
        """;

    public const string DeepSeek = """
        {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "hidden_size": 64, "intermediate_size": 96, "moe_intermediate_size": 16, "num_hidden_layers": 4, "num_attention_heads": 4,
         "num_key_value_heads": 4, "first_k_dense_replace": 1, "n_routed_experts": 8, "n_shared_experts": 1, "num_experts_per_tok": 2, "q_lora_rank": 24, "kv_lora_rank": 12, "qk_nope_head_dim": 8,
         "qk_rope_head_dim": 4, "v_head_dim": 8, "vocab_size": 50, "num_nextn_predict_layers": 1,
         "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}
        """;

    public const string Nemotron = """
        {"architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 5, "hybrid_override_pattern": "M-M*-", "num_attention_heads": 4,
         "num_key_value_heads": 2, "attention_head_dim": 16, "mamba_num_heads": 8, "mamba_head_dim": 8, "ssm_state_size": 16, "n_groups": 2, "conv_kernel": 4, "vocab_size": 70, "use_conv_bias": true,
         "time_step_limit": [0.0, Infinity], "note": "an \"Infinity\" in a text stays", "other": -Infinity, "odd": NaN}
        """;

    /// <summary>Llama 4 Scout with the picture encoder that its own file has.</summary>
    public const string Scout = """
        {"architectures": ["Llama4ForConditionalGeneration"], "model_type": "llama4", "torch_dtype": "bfloat16", "text_config": {"model_type": "llama4_text", "attention_chunk_size": 8192, "head_dim": 128,
         "hidden_size": 5120, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "interleave_moe_layer_step": 1, "num_attention_heads": 40, "num_experts_per_tok": 1, "num_hidden_layers": 48,
         "num_key_value_heads": 8, "num_local_experts": 16, "vocab_size": 202048}, "vision_config": {"hidden_size": 1408, "image_size": 336, "intermediate_size": 5632, "num_attention_heads": 16,
         "num_channels": 3, "num_hidden_layers": 34, "patch_size": 14, "projector_input_dim": 4096, "projector_output_dim": 4096, "vision_output_dim": 4096}}
        """;

    public const string Gemma = """
        {"architectures": ["Gemma4ForConditionalGeneration"], "model_type": "gemma4", "dtype": "bfloat16", "text_config": {"hidden_size": 32, "intermediate_size": 48, "moe_intermediate_size": 16,
         "num_hidden_layers": 2, "layer_types": ["sliding_attention", "full_attention"], "sliding_window": 8, "num_attention_heads": 4, "num_key_value_heads": 2, "num_global_key_value_heads": 1, "head_dim": 8,
         "global_head_dim": 16, "attention_k_eq_v": true, "enable_moe_block": true, "num_experts": 4, "top_k_experts": 2, "vocab_size": 60,
         "rope_parameters": {"full_attention": {"rope_theta": 1000000.0, "rope_type": "proportional", "partial_rotary_factor": 0.25}, "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"}}}}
        """;

    /// <summary>Gemma 3 of 4 B, with its picture encoder; the file leaves out what the class has by default, the vocabulary and the heads.</summary>
    public const string Gemma3 = """
        {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
         "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024}, "vision_config": {"hidden_size": 1152, "image_size": 896, "intermediate_size": 4304,
         "model_type": "siglip_vision_model", "num_attention_heads": 16, "num_hidden_layers": 27, "patch_size": 14, "vision_use_head": false}}
        """;

    public const string Vit = """
        {"architectures": ["ViTForImageClassification"], "model_type": "vit", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": 28, "patch_size": 7,
         "num_channels": 1, "id2label": {"0": "shirt", "1": "shoe", "2": "bag"}, "hidden_act": "gelu"}
        """;

    public const string Bert = """
        {"architectures": ["BertForMaskedLM"], "model_type": "bert", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 90, "max_position_embeddings": 16}
        """;

    public static readonly string[] All = [Llama, Mistral, Gpt2, DeepSeek, Nemotron, Scout, Gemma, Gemma3, Vit, Bert, .. PublishedConfigs.All.Select(m => m.Config)];

    public static ModelConfig Parse(string json) => ModelConfig.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>A config with one key changed; null takes it out. A key below another has a dot.</summary>
    public static string With(string json, string key, string? value)
    {
        JsonNode root = JsonNode.Parse(json)!;
        string[] path = key.Split('.');
        JsonObject parent = path[..^1].Aggregate(root.AsObject(), (o, k) => o[k]!.AsObject());
        if (value is null) parent.Remove(path[^1]);
        else parent[path[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
