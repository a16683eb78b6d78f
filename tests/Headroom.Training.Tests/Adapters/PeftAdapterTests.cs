using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Passes;
using Headroom.Training.Adapters;
using Headroom.Training.Checkpoints;
using Headroom.Training.HuggingFace;

namespace Headroom.Training.Tests.Adapters;

public sealed class PeftAdapterTests : IDisposable
{
    private static readonly LlamaOptions Options = new() { Vocabulary = 11, Length = 6, Width = 16, Layers = 2, Heads = 4, KeyHeads = 2, Hidden = 24, TiedHead = true };
    private static readonly LowRankOptions Adapters = new() { Rank = 3, Alpha = 6, Targets = ["q_proj", "v_proj"] };

    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_shapes_and_config_are_those_that_peft_defines()
    {
        AdaptedModel adapted = LowRank.Apply(Llama.Decoder(Options), Adapters);
        PeftAdapter.Save(_folder.Path, adapted, Adapters, name => Value(adapted, name), "base");
        using SafetensorsFile file = SafetensorsFile.Open(_folder[PeftAdapter.WeightsFile]);
        Assert.Equal(8, file.Tensors.Count);
        Assert.Equal(new TensorType(ElementType.Float32, 3, 16), file.Tensors["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"]);
        Assert.Equal(new TensorType(ElementType.Float32, 16, 3), file.Tensors["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"]);
        Assert.Equal(new TensorType(ElementType.Float32, 8, 3), file.Tensors["base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight"]);
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder[PeftAdapter.ConfigFile]))!;
        Assert.Equal(("LORA", 3, 6.0, "base"), ((string)config["peft_type"]!, (int)config["r"]!, (double)config["lora_alpha"]!, (string)config["base_model_name_or_path"]!));
        Assert.Equal(4, config["target_modules"]!.AsArray().Count);
    }

    [Fact]
    public void What_was_saved_comes_back_and_the_adapter_of_another_model_is_refused()
    {
        AdaptedModel adapted = LowRank.Apply(Llama.Decoder(Options), Adapters);
        PeftAdapter.Save(_folder.Path, adapted, Adapters, name => Value(adapted, name), "base");
        IReadOnlyDictionary<string, TensorData> read = PeftAdapter.Load(_folder.Path, adapted);
        Assert.Equal(8, read.Count);
        foreach ((string name, TensorData data) in read) Assert.Equal(Value(adapted, name).Bytes.ToArray(), data.Bytes.ToArray());
        AdaptedModel other = LowRank.Apply(Llama.Decoder(Options), Adapters with { Rank = 4 });
        Assert.Contains("lora_A.weight': fp32[4, 16], found is fp32[3, 16]", Assert.Throws<InputException>(() => PeftAdapter.Load(_folder.Path, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoder_built_here_becomes_a_folder_that_is_read_back()
    {
        Model model = Llama.Decoder(Options);
        LlamaCheckpoint.Save(_folder.Path, Options, 32, name => Data(model.States.Single(s => s.Value.Name == name)));
        using PretrainedModel read = PretrainedModel.Open(_folder.Path, 6);
        Assert.Empty(read.Unused);
        Assert.Equal(model.States.Select(s => (s.Value, s.Type)), read.Model.States.Select(s => (s.Value, s.Type)));
        Assert.All(read.Model.States, s => Assert.Equal(Data(s).Bytes.ToArray(), s.Initializer.Values().Bytes.ToArray()));
        Assert.Contains("isn't written as a 'llama' folder", Assert.Throws<GraphException>(() => LlamaCheckpoint.Save(_folder.Path, Options with { Biases = true }, 32, _ => throw new InvalidOperationException())).Message, StringComparison.Ordinal);
    }

    private static TensorData Value(AdaptedModel adapted, string name) => Data(adapted.Model.States.Single(s => s.Value.Name == name));

    private static TensorData Data(State s) => TensorData.Floats(s.Type.Shape, [.. Enumerable.Range(0, (int)s.Type.Elements).Select(i => (float)Math.Sin(i + s.Value.Name.Length))]);
}
