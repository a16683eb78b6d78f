using Headroom.Graph.Models;

namespace Headroom.Graph.Tests.Models;

/// <summary>Names and shapes as the files of Hugging Face have them.</summary>
public sealed class WeightNameTests
{
    [Fact]
    public void Of_a_llama() => Same(Llama.Decoder(TinyFamilies.Llama with { Layers = 1, KeyHeads = 2, Biases = true, HeadNorms = true }),
        "model.embed_tokens.weight [13, 16]", "model.layers.0.input_layernorm.weight [16]",
        "model.layers.0.self_attn.q_proj.weight [16, 16]", "model.layers.0.self_attn.q_proj.bias [16]", "model.layers.0.self_attn.q_norm.weight [4]",
        "model.layers.0.self_attn.k_proj.weight [8, 16]", "model.layers.0.self_attn.k_proj.bias [8]", "model.layers.0.self_attn.k_norm.weight [4]",
        "model.layers.0.self_attn.v_proj.weight [8, 16]", "model.layers.0.self_attn.v_proj.bias [8]", "model.layers.0.self_attn.o_proj.weight [16, 16]",
        "model.layers.0.post_attention_layernorm.weight [16]", "model.layers.0.mlp.gate_proj.weight [24, 16]", "model.layers.0.mlp.up_proj.weight [24, 16]",
        "model.layers.0.mlp.down_proj.weight [16, 24]", "model.norm.weight [16]", "lm_head.weight [13, 16]");

    [Fact]
    public void A_tied_head_has_no_weight_of_its_own() => Assert.DoesNotContain(Llama.Decoder(TinyFamilies.Llama with { TiedHead = true }).States, s => s.Value.Name == "lm_head.weight");

    [Fact]
    public void Of_a_gpt2() => Same(Gpt2.Decoder(TinyFamilies.Gpt2 with { Layers = 1 }),
        "transformer.wte.weight [13, 16]", "transformer.wpe.weight [9, 16]", "transformer.h.0.ln_1.weight [16]", "transformer.h.0.ln_1.bias [16]",
        "transformer.h.0.attn.c_attn.weight [16, 48]", "transformer.h.0.attn.c_attn.bias [48]", "transformer.h.0.attn.c_proj.weight [16, 16]", "transformer.h.0.attn.c_proj.bias [16]",
        "transformer.h.0.ln_2.weight [16]", "transformer.h.0.ln_2.bias [16]", "transformer.h.0.mlp.c_fc.weight [16, 64]", "transformer.h.0.mlp.c_fc.bias [64]",
        "transformer.h.0.mlp.c_proj.weight [64, 16]", "transformer.h.0.mlp.c_proj.bias [16]", "transformer.ln_f.weight [16]", "transformer.ln_f.bias [16]");

    [Fact]
    public void Of_a_bert() => Same(Bert.Classifier(TinyFamilies.Bert with { Layers = 1 }, 4),
        [
            "bert.embeddings.word_embeddings.weight [13, 16]", "bert.embeddings.position_embeddings.weight [9, 16]", "bert.embeddings.token_type_embeddings.weight [2, 16]",
            "bert.embeddings.LayerNorm.weight [16]", "bert.embeddings.LayerNorm.bias [16]",
            .. Layer("bert.encoder.layer.0.attention.self.query", 16, 16), .. Layer("bert.encoder.layer.0.attention.self.key", 16, 16), .. Layer("bert.encoder.layer.0.attention.self.value", 16, 16),
            .. Layer("bert.encoder.layer.0.attention.output.dense", 16, 16), "bert.encoder.layer.0.attention.output.LayerNorm.weight [16]", "bert.encoder.layer.0.attention.output.LayerNorm.bias [16]",
            .. Layer("bert.encoder.layer.0.intermediate.dense", 24, 16), .. Layer("bert.encoder.layer.0.output.dense", 16, 24),
            "bert.encoder.layer.0.output.LayerNorm.weight [16]", "bert.encoder.layer.0.output.LayerNorm.bias [16]", .. Layer("bert.pooler.dense", 16, 16), .. Layer("classifier", 4, 16),
        ]);

    [Fact]
    public void Of_a_vit() => Same(Vit.Classifier(TinyFamilies.Vit with { Layers = 1 }),
        [
            "vit.embeddings.cls_token [1, 1, 16]", "vit.embeddings.position_embeddings [1, 7, 16]", "vit.embeddings.patch_embeddings.projection.weight [16, 3, 4, 4]",
            "vit.embeddings.patch_embeddings.projection.bias [16]", "vit.encoder.layer.0.layernorm_before.weight [16]", "vit.encoder.layer.0.layernorm_before.bias [16]",
            .. Layer("vit.encoder.layer.0.attention.attention.query", 16, 16), .. Layer("vit.encoder.layer.0.attention.attention.key", 16, 16), .. Layer("vit.encoder.layer.0.attention.attention.value", 16, 16),
            .. Layer("vit.encoder.layer.0.attention.output.dense", 16, 16), "vit.encoder.layer.0.layernorm_after.weight [16]", "vit.encoder.layer.0.layernorm_after.bias [16]",
            .. Layer("vit.encoder.layer.0.intermediate.dense", 24, 16), .. Layer("vit.encoder.layer.0.output.dense", 16, 24), "vit.layernorm.weight [16]", "vit.layernorm.bias [16]",
            .. Layer("classifier", 4, 16),
        ]);

    private static string[] Layer(string name, long outputs, long inputs) => [$"{name}.weight [{outputs}, {inputs}]", $"{name}.bias [{outputs}]"];

    private static void Same(Model model, params string[] expected) => Assert.Equal(expected.Order(StringComparer.Ordinal), model.States.Select(s => $"{s.Value} {s.Type.Shape}").Order(StringComparer.Ordinal));
}
