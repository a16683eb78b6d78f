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
