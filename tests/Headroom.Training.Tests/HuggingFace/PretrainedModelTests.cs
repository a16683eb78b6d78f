using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.HuggingFace;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Training.Checkpoints;
using Headroom.Training.HuggingFace;

namespace Headroom.Training.Tests.HuggingFace;

/// <summary>Tiny checkpoints in Hugging Face's layout, made here: what is read is what was written, and what doesn't fit is refused by name.</summary>
public sealed class PretrainedModelTests : IDisposable
{
    private const int Length = 6;

    private readonly Temporary _folder = new(), _other = new();

    public static TheoryData<string> Families => new("llama", "mistral", "qwen2", "qwen3", "gpt2", "bert", "vit");

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_folder_becomes_the_network_that_it_was_written_from(string family)
    {
        Model model = Write(family, ElementType.Float32, long.MaxValue);
        using PretrainedModel read = PretrainedModel.Open(_folder.Path, Length);
        Assert.Empty(read.Unused);
        Assert.Equal(Logits(model with { States = [.. model.States.Select(s => s with { Initializer = new Initializer.Given(Value(s)) })] }), Logits(read.Model));
    }

    [Theory] // texts share rows of decoders alone
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    public void Its_packed_form_has_the_same_weights(string family)
    {
        Write(family, ElementType.Float32, long.MaxValue);
        using PretrainedModel read = PretrainedModel.Open(_folder.Path, Length);
        Model packed = read.Packed();
        // Starts are fed as zeros: one document a row.
        Assert.Equal(["start"], packed.Inputs.Select(i => i.Value.Name).Except(read.Model.Inputs.Select(i => i.Value.Name)));
        float[] expected = [.. Logits(read.Model)], found = [.. Logits(packed)];
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void What_is_saved_has_names_shapes_and_config_of_what_was_read(string family)
    {
        Write(family, ElementType.BFloat16, 2000);
        Dictionary<string, TensorType> before, after;
        using (PretrainedModel read = PretrainedModel.Open(_folder.Path, Length))
        {
            read.Save(_other.Path, name => Value(read.Model.States.Single(s => s.Value.Name == name)), shardBytes: 3000);
            using WeightFolder folder = WeightFolder.Open(_folder.Path), saved = WeightFolder.Open(_other.Path);
            (before, after) = (new(folder.Tensors), new(saved.Tensors));
        }
        Assert.Equal(before, after);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(_folder["config.json"])), JsonNode.Parse(File.ReadAllText(_other["config.json"]))));
        using PretrainedModel first = PretrainedModel.Open(_folder.Path, Length), again = PretrainedModel.Open(_other.Path, Length);
        Assert.Equal(Logits(first.Model), Logits(again.Model));
    }

    [Fact]
    public void Linear_weights_lie_as_transformers_has_them()
    {
        Write("qwen2", ElementType.Float32, long.MaxValue);
        using WeightFolder folder = WeightFolder.Open(_folder.Path);
        Assert.Equal(new TensorType(ElementType.Float32, 8, 16), folder.Tensors["model.layers.1.self_attn.k_proj.weight"]); // [out, in]
        Assert.Equal(new TensorType(ElementType.Float32, 8), folder.Tensors["model.layers.1.self_attn.k_proj.bias"]);
        Assert.Equal(new TensorType(ElementType.Float32, 16, 24), folder.Tensors["model.layers.0.mlp.down_proj.weight"]);
    }

    [Fact]
    public void The_weights_of_classifiers_are_called_as_transformers_calls_them()
    {
        Assert.Contains("bert.encoder.layer.1.attention.self.query.weight", Names("bert"));
        Assert.Contains("bert.embeddings.LayerNorm.weight", Names("bert"));
        Assert.Contains("bert.pooler.dense.bias", Names("bert"));
        Assert.Contains("vit.embeddings.patch_embeddings.projection.weight", Names("vit"));
        Assert.Contains("vit.encoder.layer.0.layernorm_before.weight", Names("vit"));
        Assert.Contains("vit.encoder.layer.1.output.dense.bias", Names("vit"));
        static string[] Names(string family) => [.. Model(family).States.Select(s => s.Value.Name)];
    }

    [Fact]
    public void A_tied_head_in_the_file_is_not_needed_and_named()
    {
        Model model = Write("qwen2", ElementType.Float32, long.MaxValue, ("lm_head.weight", new TensorType(ElementType.Float32, 11, 16)));
        using PretrainedModel read = PretrainedModel.Open(_folder.Path, Length);
        Assert.Equal(["lm_head.weight"], read.Unused);
        Assert.Equal(model.States.Length, read.Model.States.Length);
    }

    [Fact]
    public void An_inner_model_without_its_prefix_is_found()
    {
        Model model = Model("gpt2");
        WeightFolderWriter.Write(_folder.Path, [.. model.States.Select(s => SafetensorsEntry.Of(s.Value.Name["transformer.".Length..], Value(s)))]);
        File.WriteAllText(_folder["config.json"], Config("gpt2").ToJsonString());
        using PretrainedModel read = PretrainedModel.Open(_folder.Path, Length);
        Assert.Empty(read.Unused);
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        Write("llama", ElementType.Float32, 2000);
        string shard = Directory.GetFiles(_folder.Path, "model-00002-of-*").Single();
        byte[] bytes = File.ReadAllBytes(shard);
        File.Delete(shard);
        Refused("it names " + Path.GetFileName(shard));
        File.WriteAllBytes(shard, bytes);

        Rewrite(Config("qwen2"), c => c["tie_word_embeddings"] = false, "qwen2", "there is no tensor 'lm_head.weight'");
        Rewrite(Config("llama"), c => c["intermediate_size"] = 25, "llama", "is fp32[24, 16], where the model needs [25, 16]");
        Rewrite(Config("llama"), c => c["num_attention_heads"] = 7, "llama", "num_attention_heads");
        Rewrite(Config("llama"), c => c["hidden_act"] = "relu", "llama", "llama: the activation 'relu' can't be built");
        Rewrite(Config("llama"), c => c["rope_scaling"] = new JsonObject { ["rope_type"] = "linear", ["factor"] = 2.0 }, "llama", "stretched by the rule 'linear'");
        Rewrite(Config("llama"), c => c["max_position_embeddings"] = 5, "llama", "rows of 6 tokens: it was made for 5");
        Rewrite(Config("bert"), c => c["architectures"] = new JsonArray("BertForMaskedLM"), "bert", "bert: the head of 'BertForMaskedLM', which is no BertForSequenceClassification can't be built");
        Rewrite(Config("vit"), c => c["qkv_bias"] = false, "vit", "vit: queries, keys and values without biases can't be built");
        Rewrite(Config("vit"), c => c["id2label"] = new JsonObject { ["0"] = "a" }, "vit", "'classifier.weight' is fp32[3, 16], where the model needs [1, 16]");
        Write("llama", ElementType.Int8, long.MaxValue);
        Refused("is int8[11, 16]; floating weights can be trained");
    }

    private void Rewrite(JsonObject config, Action<JsonObject> change, string family, string message)
    {
        Write(family, ElementType.Float32, long.MaxValue);
        change(config);
        File.WriteAllText(_folder["config.json"], config.ToJsonString());
        Refused(message);
    }

    private void Refused(string message) => Assert.Contains(message, Assert.Throws<InputException>(() => PretrainedModel.Open(_folder.Path, Length)).Message, StringComparison.Ordinal);

    private Model Write(string family, ElementType element, long shardBytes, params (string Name, TensorType Type)[] more)
    {
        Model model = Model(family);
        WeightFolderWriter.Write(
            _folder.Path,
            [
                .. model.States.Select(s => SafetensorsEntry.Of(s.Value.Name, element.IsFloat() ? Value(s).To(element) : new TensorData(new TensorType(element, s.Type.Shape), new byte[s.Type.Elements]))),
                .. more.Select(t => SafetensorsEntry.Of(t.Name, new TensorData(t.Type, new byte[t.Type.Bytes]))),
            ],
            shardBytes);
        File.WriteAllText(_folder["config.json"], Config(family).ToJsonString());
        return model;
    }

    private static Model Model(string family) => ConfiguredModel.Build(ModelConfig.Parse(System.Text.Encoding.UTF8.GetBytes(Config(family).ToJsonString())), Length);

    private static JsonObject Config(string family) => family switch
    {
        "gpt2" => new JsonObject { ["model_type"] = "gpt2", ["architectures"] = new JsonArray("GPT2LMHeadModel"), ["n_embd"] = 16, ["n_layer"] = 2, ["n_head"] = 4, ["n_positions"] = 8, ["vocab_size"] = 11, ["activation_function"] = "gelu_new", ["layer_norm_epsilon"] = 1e-5 },
        "bert" => Encoder("bert", "BertForSequenceClassification", ("vocab_size", 11), ("max_position_embeddings", 8), ("type_vocab_size", 2)),
        "vit" => Encoder("vit", "ViTForImageClassification", ("image_size", 8), ("patch_size", 4), ("num_channels", 3)),
        _ => Decoder(family),
    };

    /// <summary>Three classes.</summary>
    private static JsonObject Encoder(string family, string architecture, params (string Key, int Value)[] own)
    {
        var config = new JsonObject
        {
            ["model_type"] = family,
            ["architectures"] = new JsonArray(architecture),
            ["hidden_size"] = 16,
            ["intermediate_size"] = 24,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["hidden_act"] = "gelu",
            ["layer_norm_eps"] = 1e-12,
            ["id2label"] = new JsonObject { ["0"] = "a", ["1"] = "b", ["2"] = "c" },
        };
        foreach ((string key, int value) in own) config[key] = value;
        return config;
    }

    private static JsonObject Decoder(string family) => new()
        {
            ["model_type"] = family,
            ["architectures"] = new JsonArray(char.ToUpperInvariant(family[0]) + family[1..] + "ForCausalLM"),
            ["hidden_size"] = 16,
            ["intermediate_size"] = 24,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["max_position_embeddings"] = 32,
            ["vocab_size"] = 11,
            ["rms_norm_eps"] = 1e-6,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = family.StartsWith("qwen", StringComparison.Ordinal),
        };

    /// <summary>Numbers that bf16 holds exactly, other ones for each tensor.</summary>
    private static TensorData Value(State s)
    {
        int seed = s.Value.Name.Sum(c => c);
        return TensorData.Floats(s.Type.Shape, [.. Enumerable.Range(0, (int)s.Type.Elements).Select(i => (((i * 37) + seed) % 41 - 20) / 64f)]);
    }

    private static float[] Logits(Model model)
    {
        using var session = new Session();
        using Runtime.Execution.Program program = session.Compile(Specialize.Run(model, 2));
        session.Initialize(seed: 1);
        foreach (GraphInput other in model.Inputs) program.InputBytes(other.Value).Clear();
        Value input = model.Inputs[0].Value;
        if (model.Inputs[0].Element == ElementType.Int64) for (int i = 0; i < program.Input<long>(input).Length; i++) program.Input<long>(input)[i] = i * 7 % 11;
        else for (int i = 0; i < program.Input<float>(input).Length; i++) program.Input<float>(input)[i] = (i * 7 % 11) - 5;
        program.Run();
        return program.Output<float>(model.Outputs[0]).ToArray();
    }
}
