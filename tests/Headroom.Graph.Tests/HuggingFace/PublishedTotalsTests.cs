using Headroom.Evidence;
using Headroom.Graph.HuggingFace;

namespace Headroom.Graph.Tests.HuggingFace;

/// <summary>Parameters of whole models by their config alone, held to the totals of the files that their makers publish.</summary>
public sealed class PublishedTotalsTests
{
    public static TheoryData<string, string, long> Models() => [.. PublishedConfigs.All.Select(m => (m.Name, m.Config, m.Parameters))];

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
    public void Gemma_3_has_its_picture_encoder_too()
    {
        ModelConfig of4 = Configs.Parse(Configs.Gemma3), of12 = Configs.Parse(Larger(3840, 15360, 48, 16, 8, 256)), of27 = Configs.Parse(Larger(5376, 21504, 62, 32, 16, 128));
        Assert.Equal([4_300_079_472, 12_187_325_040, 27_432_406_640], new[] { of4, of12, of27 }.Select(c => ModelSize.Of(c).Parameters));
        Assert.Equal([5, 8, 10], new[] { of4, of12, of27 }.Select(c => c.Layers.Count(l => l.Mixer == Mixer.Full)));
        Assert.Contains("image_size is 10", Assert.Throws<InputException>(() => Configs.Parse(Configs.With(Configs.Gemma3, "vision_config.image_size", "10"))).Message);

        static string Larger(params int[] sizes) => new[] { "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim" }
            .Zip(sizes).Aggregate(Configs.Gemma3, (json, key) => Configs.With(json, "text_config." + key.First, $"{key.Second}"));
    }

    [Fact]
    public void Without_a_model_type_the_class_says_the_family_and_a_longer_name_is_no_other_family()
    {
        Assert.Equal(ModelFamily.Olmo2, Configs.Parse(Configs.With(Of("olmo-2-7b"), "model_type", null)).Family);
        Assert.Contains("model_type", Assert.Throws<InputException>(() => Configs.Parse(Configs.With(Configs.With(Of("olmo-7b"), "model_type", null), "architectures", "[\"OlmoeForCausalLM\"]"))).Message);
    }

    [Fact] // one weight an element of all query heads, and of all key heads
    public void Norms_of_each_head_are_counted()
    {
        string config = Of("stablelm-2-1.6b");
        Assert.Equal(24 * 2 * 2048, ModelSize.Of(Configs.Parse(Configs.With(config, "qk_layernorm", "true"))).Parameters - ModelSize.Of(Configs.Parse(config)).Parameters);
    }

    [Fact]
    public void A_head_width_that_is_said_needn_t_divide_the_hidden_size()
    {
        string config = Configs.With(Configs.With(Of("aya-expanse-8b"), "model_type", "\"nemotron\""), "num_attention_heads", "48");
        Assert.Contains("hidden_size 4096 isn't a multiple of it", Assert.Throws<InputException>(() => Configs.Parse(config)).Message);
        Assert.Equal(128, Configs.Parse(Configs.With(config, "head_dim", "128")).Attention.HeadDim);
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

    private static string Of(string name) => PublishedConfigs.All.First(m => m.Name == name).Config;
}
