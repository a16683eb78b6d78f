using System.Text;
using Headroom.Evidence;
using Headroom.Graph.HuggingFace;

namespace Headroom.Graph.Tests.HuggingFace;

public sealed class ModelConfigTests
{
    [Fact]
    public void Llamas_facts_are_those_of_its_keys()
    {
        ModelConfig c = Configs.Parse(Configs.Llama);
        Assert.Equal((ModelFamily.Llama, 32, 3, 80, 100, 64), (c.Family, c.HiddenSize, c.Layers.Length, c.IntermediateSize, c.VocabularySize, c.MaximumPositions!.Value));
        Assert.Equal((4, 2, 8), (c.Attention.Heads, c.Attention.KeyValueHeads, c.Attention.HeadDim));
        Assert.Equal((1e-5, 500_000.0, "llama3", 8.0, 16), (c.NormEpsilon, c.Rope!.Theta, c.Rope.Type, c.Rope.Factor, c.Rope.OriginalPositions!.Value));
        Assert.Equal((1.0, 4.0), (c.Rope.LowFrequencyFactor!.Value, c.Rope.HighFrequencyFactor!.Value));
        Assert.Equal((false, ElementType.BFloat16, "silu"), (c.TiedEmbeddings, c.WeightType!.Value, c.Activation));
        Assert.All(c.Layers, k => Assert.Equal(new LayerKind(Mixer.Full, FeedForward.Dense), k));
    }

    [Fact]
    public void Missing_keys_have_the_values_of_the_familys_class()
    {
        ModelConfig c = Configs.Parse("""{"model_type": "llama", "hidden_size": 32, "intermediate_size": 80, "num_hidden_layers": 1, "num_attention_heads": 4, "vocab_size": 9}""");
        Assert.Equal((4, 8, 1e-6, 10_000.0, 1.0), (c.Attention.KeyValueHeads, c.Attention.HeadDim, c.NormEpsilon, c.Rope!.Theta, c.Rope.Part));
        Assert.Equal((false, false, false), (c.TiedEmbeddings, c.Attention.InputBias, c.FeedForwardBias));
        Assert.Null(c.WeightType);
    }

    [Fact]
    public void The_architecture_stands_for_a_model_type_that_is_missing() => Assert.Equal(ModelFamily.Qwen3Moe, Configs.Parse("""
        {"architectures": ["Qwen3MoeForCausalLM"], "hidden_size": 32, "intermediate_size": 80, "num_hidden_layers": 4, "num_attention_heads": 4, "vocab_size": 9, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 8}
        """).Family);

    [Fact]
    public void Windows_lie_on_the_layers_that_each_family_gives_them()
    {
        Assert.All(Configs.Parse(Configs.Mistral).Layers, k => Assert.Equal(Mixer.Windowed, k.Mixer));
        string qwen = Configs.With(Configs.With(Configs.With(Configs.Llama, "model_type", "\"qwen2\""), "sliding_window", "16"), "max_window_layers", "1");
        Assert.All(Configs.Parse(qwen).Layers, k => Assert.Equal(Mixer.Full, k.Mixer));
        Assert.Equal([Mixer.Full, Mixer.Windowed, Mixer.Windowed], Configs.Parse(Configs.With(qwen, "use_sliding_window", "true")).Layers.Select(k => k.Mixer));
        // Every fourth layer of Llama 4 has no positions and sees all.
        Assert.Equal([3, 7, 11], Configs.Parse(Configs.Scout).Layers.Index().Where(l => l.Item.Mixer == Mixer.Full).Select(l => l.Index).Take(3));
    }

    [Fact]
    public void Experts_lie_on_the_layers_that_each_family_gives_them()
    {
        Assert.Equal([FeedForward.Dense, FeedForward.Experts, FeedForward.Experts, FeedForward.Experts], Configs.Parse(Configs.DeepSeek).Layers.Select(k => k.FeedForward));
        Assert.Equal([FeedForward.Dense, FeedForward.Dense, FeedForward.Experts, FeedForward.Dense], Configs.Parse(Configs.With(Configs.With(Configs.DeepSeek, "moe_layer_freq", "2"), "first_k_dense_replace", "2")).Layers.Select(k => k.FeedForward));
        Assert.All(Configs.Parse(Configs.Gemma).Layers, k => Assert.Equal(FeedForward.Dense | FeedForward.Experts, k.FeedForward));
    }

    [Fact]
    public void Pythons_infinity_is_no_fault_and_no_text_is_changed()
        => Assert.Equal([Mixer.Mamba, Mixer.None, Mixer.Mamba, Mixer.Full, Mixer.None], Configs.Parse(Configs.Nemotron).Layers.Select(k => k.Mixer));

    [Fact]
    public void Gemmas_two_kinds_of_attention_are_apart()
    {
        ModelConfig c = Configs.Parse(Configs.Gemma);
        Assert.Equal((16, 1, true), (c.AttentionOf(Mixer.Full).HeadDim, c.AttentionOf(Mixer.Full).KeyValueHeads, c.AttentionOf(Mixer.Full).ValuesAreKeys));
        Assert.Equal((8, 2, false), (c.AttentionOf(Mixer.Windowed).HeadDim, c.AttentionOf(Mixer.Windowed).KeyValueHeads, c.AttentionOf(Mixer.Windowed).ValuesAreKeys));
        Assert.Equal((1e6, 0.25, 1e4), (c.Rope!.Theta, c.Rope.Part, c.WindowedRope!.Theta));
        Assert.True(c.TiedEmbeddings);
    }

    [Theory]
    [InlineData("num_attention_heads", "7", "config.json: num_attention_heads is 7, and hidden_size 32 isn't a multiple of it.")]
    [InlineData("num_key_value_heads", "3", "config.json: num_key_value_heads is 3, and num_attention_heads 4 isn't a multiple of it.")]
    [InlineData("vocab_size", null, "config.json: vocab_size is missing.")]
    [InlineData("hidden_size", "\"32\"", "config.json: hidden_size is \"32\", which is no whole number from 1 to")]
    [InlineData("hidden_size", "1e30", "config.json: hidden_size is 1e30, which is no whole number")]
    [InlineData("hidden_size", "1000000000000000000000000000000", "config.json: hidden_size is 1000000000000000000000000000000, which")]
    [InlineData("hidden_size", "0", "config.json: hidden_size is 0, which is no whole number")]
    [InlineData("hidden_size", "-32", "config.json: hidden_size is -32, which is no whole number")]
    [InlineData("hidden_size", "[32]", "config.json: hidden_size is [32], which is no whole number")]
    [InlineData("num_hidden_layers", "2000000000", "config.json: num_hidden_layers is 2000000000, which is no whole number from 1 to 10000")]
    [InlineData("rms_norm_eps", "1e999", "config.json: rms_norm_eps is 1e999, which is no number above 0")]
    [InlineData("rope_theta", "-1", "config.json: rope_theta is -1, which is no number above 0")]
    [InlineData("rope_scaling", "3", "config.json: rope_scaling is 3, where an object is needed")]
    [InlineData("rope_scaling.factor", "\"8\"", "config.json: rope_scaling.factor is \"8\", which is no number")]
    [InlineData("tie_word_embeddings", "\"no\"", "config.json: tie_word_embeddings is \"no\", where true or false is needed")]
    [InlineData("architectures", "\"LlamaForCausalLM\"", "config.json: architectures is \"LlamaForCausalLM\", where a list is needed")]
    [InlineData("model_type", "\"lama\"", "config.json: model_type is 'lama', which this version doesn't know. Did you mean 'llama'?")]
    [InlineData("layer_types", "[\"full_attention\"]", "config.json: layer_types has 1 entries, and num_hidden_layers is 3")]
    [InlineData("layer_types", "[\"full_attention\", \"full_attention\", \"sliding_attention\"]", "config.json: sliding_window is missing")]
    [InlineData("layer_types", "[\"full_attention\", \"full_attention\", \"linear_attention\"]", "config.json: layer_types holds 'linear_attention'")]
    [InlineData("head_dim", "7", "config.json: head_dim gives heads of 7 elements; rotary positions turn pairs")]
    [InlineData("partial_rotary_factor", "1.5", "config.json: partial_rotary_factor is 1.5, which is more than a whole head")]
    public void A_fault_names_file_and_key(string key, string? value, string message) => Refused(Configs.With(Configs.Llama, key, value), message);

    [Fact]
    public void Faults_of_other_families_name_their_keys()
    {
        Refused(Configs.With(Configs.DeepSeek, "num_experts_per_tok", "9"), "num_experts_per_tok is 9, and n_routed_experts is 8");
        Refused(Configs.With(Configs.DeepSeek, "qk_rope_head_dim", "3"), "qk_rope_head_dim is 3; rotary positions turn pairs");
        Refused(Configs.With(Configs.DeepSeek, "quantization_config.weight_block_size", "[128]"), "quantization_config.weight_block_size is [128]");
        Refused(Configs.Nemotron.Replace("M-M*-", "M-M*", StringComparison.Ordinal), "hybrid_override_pattern has 4 letters, and num_hidden_layers is 5");
        Refused(Configs.Nemotron.Replace("M-M*-", "M-M?-", StringComparison.Ordinal), "hybrid_override_pattern has the letter '?' at 3");
        Refused(Configs.With(Configs.Scout, "text_config.vocab_size", null), "text_config.vocab_size is missing");
        Refused(Configs.With(Configs.Scout, "vision_config.hidden_size", "1409"), "vision_config.hidden_size is 1409, no multiple of the 16 heads");
        Refused(Configs.With(Configs.Vit, "patch_size", "8"), "image_size is 28, no multiple of patch_size 8");
        Refused(Configs.With(Configs.Gemma, "text_config.num_kv_shared_layers", "1"), "text_config.num_kv_shared_layers is 1");
        Refused(Configs.Llama.Replace("\"hidden_size\"", "\"hiden_size\"", StringComparison.Ordinal), "hidden_size is missing. Did you mean 'hiden_size'?");
    }

    [Fact]
    public void What_is_no_config_is_refused_by_name()
    {
        Refused("", "it is no valid JSON");
        Refused("[]", "it holds no JSON object");
        Refused("{}", "model_type is missing, and no architecture");
        Refused("{\"model_type\": \"llama\", \"model_type\": \"llama\"}", "it is no valid JSON");
        Refused(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), "it is no valid JSON");
        InputException e = Assert.Throws<InputException>(() => ModelConfig.Parse(new byte[] { (byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}' }));
        Assert.Contains("config.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_100_MB_is_refused_before_it_is_read()
    {
        string path = Path.Join(Path.GetTempPath(), $"headroom-{Path.GetRandomFileName()}.json");
        try
        {
            using (FileStream file = new(path, FileMode.CreateNew)) file.SetLength(100_000_000);
            long before = GC.GetAllocatedBytesForCurrentThread();
            InputException e = Assert.Throws<InputException>(() => ModelConfig.Read(path));
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
            Assert.Contains($"{path}: it has 100000000 bytes", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_folder_without_a_config_says_which_file_is_missing()
    {
        string folder = Directory.CreateTempSubdirectory("headroom-").FullName;
        InputException e = Assert.Throws<InputException>(() => ModelConfig.Read(folder));
        Directory.Delete(folder);
        Assert.Contains("config.json: there is no such file", e.Message, StringComparison.Ordinal);
    }

    private static void Refused(string json, string message)
    {
        InputException e = Assert.Throws<InputException>(() => ModelConfig.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }
}
