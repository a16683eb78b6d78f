using Headroom.Graph.HuggingFace;

namespace Headroom.Graph.Tests.HuggingFace;

public sealed class ModelSizeTests
{
    [Fact]
    public void Llamas_parts_are_the_sums_done_by_hand()
    {
        ModelSize size = ModelSize.Of(Configs.Parse(Configs.Llama));
        var parts = size.Parts.ToDictionary(p => p.Part, p => p.Parameters);
        Assert.Equal(100 * 32, parts[WeightPart.Embedding]);
        Assert.Equal(3 * ((32 * 32) + (2 * 16 * 32) + (32 * 32)), parts[WeightPart.Attention]);
        Assert.Equal(3 * 3 * 80 * 32, parts[WeightPart.FeedForward]);
        Assert.Equal(((2 * 3) + 1) * 32, parts[WeightPart.Norms]);
        Assert.Equal(100 * 32, parts[WeightPart.Head]);
        Assert.Equal(parts.Values.Sum(), size.Parameters);
        Assert.Equal(2 * size.Parameters, size.StoredBytes!.Value.Value);
        Assert.Equal(4 * size.Parameters, size.WeightBytes(ElementType.Float32).Value);
        Assert.Contains("3 x 80 x 32 gate_proj = 7,680", size.Parts.First(p => p.Part == WeightPart.FeedForward).Arithmetic);
    }

    [Fact]
    public void Tied_embeddings_count_once() => Assert.Equal(
        ModelSize.Of(Configs.Parse(Configs.Llama)).Parameters - (100 * 32), ModelSize.Of(Configs.Parse(Configs.With(Configs.Llama, "tie_word_embeddings", "true"))).Parameters);

    [Fact] // the totals of the files that their makers publish
    public void Parameters_of_whole_models_are_the_published_ones()
    {
        Assert.Equal(7_241_732_096, ModelSize.Of(Configs.Parse(Configs.Mistral)).Parameters);
        Assert.Equal(124_439_808, ModelSize.Of(Configs.Parse(Configs.Gpt2)).Parameters);
        Assert.Equal(108_641_793_536, ModelSize.Of(Configs.Parse(Configs.Scout)).Parameters);
    }

    [Fact]
    public void Latent_attention_and_experts_are_the_sums_done_by_hand()
    {
        ModelSize size = ModelSize.Of(Configs.Parse(Configs.DeepSeek));
        var parts = size.Parts.ToDictionary(p => p.Part);
        Assert.Equal(4 * ((24 * 64) + 24 + (4 * 12 * 24) + (16 * 64) + 12 + (4 * 16 * 12) + (64 * 4 * 8)), parts[WeightPart.Attention].Parameters);
        Assert.Equal(3 * ((8 * 64) + 8 + (9 * 3 * 16 * 64)), parts[WeightPart.Experts].Parameters);
        Assert.Equal(3 * ((8 * 64) + 8 + (3 * 3 * 16 * 64)), parts[WeightPart.Experts].Active);
        // Of each token the compressed row and the rotary part of the keys, and nothing a head.
        Assert.Equal(4 * (12 + 4), size.Cache.ElementsPerToken);
    }

    [Fact] // an fp8 matrix has a float32 for each block of 128 x 128, and here each has one block
    public void A_file_in_fp8_has_a_byte_an_element_and_its_scales()
    {
        ModelSize size = ModelSize.Of(Configs.Parse(Configs.DeepSeek));
        WeightCount[] quantized = [.. size.Weights.Where(w => w.Quantized)];
        long bytes = quantized.Sum(w => w.Parameters + (4 * w.Copies)) + (2 * size.Weights.Where(w => !w.Quantized).Sum(w => w.Parameters));
        Assert.Equal(bytes, size.StoredBytes!.Value.Value);
        Assert.DoesNotContain(quantized, w => w.Part is WeightPart.Embedding or WeightPart.Head or WeightPart.Norms || w.Name == "router");
    }

    [Fact]
    public void How_a_quantised_file_of_another_kind_is_kept_is_not_guessed()
        => Assert.Null(ModelSize.Of(Configs.Parse(Configs.With(Configs.Llama, "quantization_config", "{\"quant_method\": \"gptq\", \"bits\": 4}"))).StoredBytes);

    [Fact]
    public void A_cache_of_grouped_queries_keeps_a_key_and_a_value_a_group()
    {
        KvCache cache = ModelSize.Of(Configs.Parse(Configs.Llama)).Cache;
        Assert.Equal(3 * 2 * 2 * 8 * 2, cache.PerToken(ElementType.BFloat16).Value);
        Assert.Equal(1000 * 3 * 2 * 2 * 8 * 2, cache.At(1000, ElementType.BFloat16).Value);
    }

    [Fact]
    public void A_window_bounds_what_its_layers_keep()
    {
        KvCache cache = ModelSize.Of(Configs.Parse(Configs.Gemma)).Cache;
        const long windowed = 2 * 2 * 8, full = 2 * 1 * 16;
        Assert.Equal(windowed + full, cache.ElementsPerToken);
        Assert.Equal(full, cache.ElementsPerLaterToken);
        Assert.Equal(((5 * windowed) + (5 * full)) * 4, cache.At(5, ElementType.Float32).Value);
        Assert.Equal(((8 * windowed) + (100 * full)) * 4, cache.At(100, ElementType.Float32).Value);
        Assert.Equal(0, cache.At(0, ElementType.Float32).Value);
    }

    [Fact]
    public void A_mamba_layer_keeps_a_state_that_does_not_grow()
    {
        ModelSize size = ModelSize.Of(Configs.Parse(Configs.Nemotron));
        const long inner = 64, convolved = 64 + (2 * 2 * 16), layer = ((inner + convolved + 8) * 32) + (convolved * 4) + convolved + (3 * 8) + inner + (32 * inner);
        Assert.Equal(2 * layer, size.Parts.First(p => p.Part == WeightPart.Mamba).Parameters);
        Assert.Equal(2 * ((inner * 16) + (convolved * 4)), size.Cache.StateElements);
        Assert.Equal(2 * 2 * 16, size.Cache.ElementsPerToken);
        Assert.Equal((size.Cache.StateElements + (10 * 64)) * 2, size.Cache.At(10, ElementType.BFloat16).Value);
    }

    [Fact]
    public void An_encoder_keeps_nothing() => Assert.Equal(0, ModelSize.Of(Configs.Parse(Configs.Bert)).Cache.At(512, ElementType.Float32).Value);

    [Fact]
    public void A_vit_has_as_many_classes_as_names()
    {
        ModelSize size = ModelSize.Of(Configs.Parse(Configs.Vit));
        Assert.Equal((3 * 32) + 3, size.Parts.First(p => p.Part == WeightPart.Head).Parameters);
        Assert.Equal(32 + (17 * 32) + (32 * 49) + 32, size.Parts.First(p => p.Part == WeightPart.Embedding).Parameters);
    }

    [Fact]
    public void Sizes_that_overflow_are_refused()
    {
        string large = Configs.With(Configs.With(Configs.Llama, "hidden_size", "2147483640"), "vocab_size", "2147483647");
        Assert.Contains("config.json: its sizes multiply to more parameters", Assert.Throws<GraphException>(() => ModelSize.Of(Configs.Parse(large))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_text_meets_no_picture_encoder()
    {
        ModelSize size = ModelSize.Of(Configs.Parse(Configs.Scout));
        Assert.Equal(871_932_416, size.Parts.First(p => p.Part == WeightPart.Vision).Parameters);
        Assert.Equal(0, size.Parts.First(p => p.Part == WeightPart.Vision).Active);
    }

    [Fact]
    public void Layers_of_two_kinds_count_their_like_weights_together()
    {
        ModelSize size = ModelSize.Of(Configs.Parse(Configs.DeepSeek));
        Assert.Equal(size.Weights.Length, size.Weights.Select(w => (w.Part, w.Name)).Distinct().Count());
        Assert.Equal(4, size.Weights.First(w => w.Name == "kv_b_proj").Copies);
    }

    [Fact]
    public void The_head_is_the_one_that_the_architecture_names()
    {
        long With(string name) => ModelSize.Of(Configs.Parse(Configs.With(Configs.Llama, "architectures", $"[\"{name}\"]"))).Parameters;
        Assert.Equal(With("LlamaForCausalLM") - (100 * 32), With("LlamaModel"));
        Assert.Equal(With("LlamaModel") + (2 * 32), With("LlamaForSequenceClassification"));
        Assert.Throws<GraphException>(() => With("LlamaForPigs"));
    }

    [Fact]
    public void An_unknown_head_is_refused_by_name()
        => Assert.Contains("'BertForPigs'", Assert.Throws<GraphException>(() => ModelSize.Of(Configs.Parse(Configs.With(Configs.Bert, "architectures", "[\"BertForPigs\"]")))).Message, StringComparison.Ordinal);
}
