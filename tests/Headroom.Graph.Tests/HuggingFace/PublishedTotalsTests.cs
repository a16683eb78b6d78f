using Headroom.Evidence;
using Headroom.Graph.HuggingFace;

namespace Headroom.Graph.Tests.HuggingFace;

/// <summary>Parameters of whole models by their config alone, held to the totals of the files that their makers publish.</summary>
public sealed class PublishedTotalsTests
{
    public static TheoryData<string, string, long> Models() => new()
    {
        { "pythia-6.9b", """{"architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 4096, "intermediate_size": 16384, "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 50432, "max_position_embeddings": 2048, "rotary_pct": 0.25, "tie_word_embeddings": false}""", 6_857_302_016 },
        { "gpt-neox-20b", """{"architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 6144, "intermediate_size": 24576, "num_hidden_layers": 44, "num_attention_heads": 64, "vocab_size": 50432, "max_position_embeddings": 2048, "tie_word_embeddings": false}""", 20_554_567_680 },
        { "gpt-j-6b", """{"architectures": ["GPTJForCausalLM"], "model_type": "gptj", "n_embd": 4096, "n_layer": 28, "n_head": 16, "n_inner": null, "n_positions": 2048, "rotary_dim": 64, "vocab_size": 50400, "tie_word_embeddings": false}""", 6_050_882_784 },
        { "gpt-neo-2.7b", """{"architectures": ["GPTNeoForCausalLM"], "model_type": "gpt_neo", "hidden_size": 2560, "num_layers": 32, "num_heads": 20, "intermediate_size": null, "max_position_embeddings": 2048, "vocab_size": 50257, "window_size": 256}""", 2_651_307_520 },
        { "falcon-7b", """{"architectures": ["FalconForCausalLM"], "model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32, "num_attention_heads": 71, "multi_query": true, "new_decoder_architecture": false, "parallel_attn": true, "bias": false, "alibi": false, "vocab_size": 65024}""", 6_921_720_704 },
        { "mpt-7b", """{"architectures": ["MPTForCausalLM"], "model_type": "mpt", "d_model": 4096, "n_layers": 32, "n_heads": 32, "expansion_ratio": 4, "max_seq_len": 2048, "no_bias": true, "vocab_size": 50432, "attn_config": {"alibi": true, "attn_type": "multihead_attention"}}""", 6_649_286_656 },
        { "bloom-560m", """{"architectures": ["BloomForCausalLM"], "model_type": "bloom", "n_embed": 1024, "n_layer": 24, "num_attention_heads": 16, "vocab_size": 250880}""", 559_214_592 },
        { "bloom", """{"architectures": ["BloomForCausalLM"], "model_type": "bloom", "n_embed": 14336, "n_layer": 70, "num_attention_heads": 112, "vocab_size": 250880}""", 176_247_271_424 },
        { "opt-125m", """{"architectures": ["OPTForCausalLM"], "model_type": "opt", "hidden_size": 768, "ffn_dim": 3072, "num_hidden_layers": 12, "num_attention_heads": 12, "max_position_embeddings": 2048, "do_layer_norm_before": true, "vocab_size": 50272, "word_embed_proj_dim": 768}""", 125_239_296 },
        { "opt-350m", """{"architectures": ["OPTForCausalLM"], "model_type": "opt", "hidden_size": 1024, "ffn_dim": 4096, "num_hidden_layers": 24, "num_attention_heads": 16, "max_position_embeddings": 2048, "do_layer_norm_before": false, "vocab_size": 50272, "word_embed_proj_dim": 512}""", 331_196_416 },
        { "starcoder2-3b", """{"architectures": ["Starcoder2ForCausalLM"], "model_type": "starcoder2", "hidden_size": 3072, "intermediate_size": 12288, "num_hidden_layers": 30, "num_attention_heads": 24, "num_key_value_heads": 2, "vocab_size": 49152, "use_bias": true, "sliding_window": 4096}""", 3_030_371_328 },
        { "phi-3-mini", """{"architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32064, "tie_word_embeddings": false, "sliding_window": 2047}""", 3_821_079_552 },
        { "gemma-2b", """{"architectures": ["GemmaForCausalLM"], "model_type": "gemma", "hidden_size": 2048, "intermediate_size": 16384, "num_hidden_layers": 18, "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 256000}""", 2_506_172_416 },
        { "gemma-2-9b", """{"architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "hidden_size": 3584, "intermediate_size": 14336, "num_hidden_layers": 42, "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256, "vocab_size": 256000, "sliding_window": 4096}""", 9_241_705_984 },
        { "gemma-3-1b", """{"architectures": ["Gemma3ForCausalLM"], "model_type": "gemma3_text", "hidden_size": 1152, "intermediate_size": 6912, "num_hidden_layers": 26, "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 262144, "sliding_window": 512, "sliding_window_pattern": 6}""", 999_885_952 },
        { "qwen1.5-moe-a2.7b", """{"architectures": ["Qwen2MoeForCausalLM"], "model_type": "qwen2_moe", "hidden_size": 2048, "intermediate_size": 5632, "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632, "num_experts": 60, "num_experts_per_tok": 4, "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": 151936, "tie_word_embeddings": false}""", 14_315_784_192 },
        { "deepseek-v2-lite", """{"architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2", "hidden_size": 2048, "intermediate_size": 10944, "moe_intermediate_size": 1408, "first_k_dense_replace": 1, "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6, "num_hidden_layers": 27, "num_attention_heads": 16, "num_key_value_heads": 16, "q_lora_rank": null, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 102400, "tie_word_embeddings": false}""", 15_706_484_224 },
        { "t5-small", """{"architectures": ["T5ForConditionalGeneration"], "model_type": "t5", "d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_heads": 8, "vocab_size": 32128, "relative_attention_num_buckets": 32}""", 60_506_624 },
        { "flan-t5-xl", """{"architectures": ["T5ForConditionalGeneration"], "model_type": "t5", "d_model": 2048, "d_kv": 64, "d_ff": 5120, "num_layers": 24, "num_decoder_layers": 24, "num_heads": 32, "vocab_size": 32128, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false}""", 2_849_757_184 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Parameters_are_the_published_total(string name, string config, long parameters)
    {
        Assert.NotEmpty(name);
        Assert.Equal(parameters, ModelSize.Of(Configs.Parse(config)).Parameters);
    }

    [Theory] // without a key that its class gives no value for, or with heads that don't divide, each says which key
    [MemberData(nameof(Models))]
    public void What_is_missing_or_can_t_be_is_named(string name, string config, long parameters)
    {
        Assert.True(parameters > 0, name);
        Assert.Contains("vocab_size", Assert.Throws<InputException>(() => Configs.Parse(Configs.With(config, "vocab_size", null))).Message);
        string heads = config.Contains("\"n_heads\"") ? "n_heads" : config.Contains("\"n_head\"") ? "n_head" : config.Contains("\"num_heads\"") ? "num_heads" : "num_attention_heads";
        Assert.Contains(heads, Assert.Throws<InputException>(() => Configs.Parse(Configs.With(config, heads, "0"))).Message);
    }

    [Fact]
    public void A_cache_of_multi_query_attention_keeps_one_key_and_value() => Assert.Equal(32 * 2 * 64, ModelSize.Of(Configs.Parse(Of("falcon-7b"))).Cache.ElementsPerToken);

    [Fact]
    public void Of_an_encoder_and_a_decoder_only_the_decoder_keeps_what_it_wrote() => Assert.Equal(6 * 2 * 8 * 64, ModelSize.Of(Configs.Parse(Of("t5-small"))).Cache.ElementsPerToken);

    [Fact]
    public void Windows_lie_where_the_family_has_them()
    {
        Assert.Equal(21, Configs.Parse(Of("gemma-2-9b")).Layers.Count(l => l.Mixer == Mixer.Windowed));
        Assert.Equal(22, Configs.Parse(Of("gemma-3-1b")).Layers.Count(l => l.Mixer == Mixer.Windowed));
        Assert.Equal(16, Configs.Parse(Of("gpt-neo-2.7b")).Layers.Count(l => l.Mixer == Mixer.Windowed));
    }

    private static string Of(string name) => Models().Select(m => m.Data).First(d => d.Item1 == name).Item2;
}
