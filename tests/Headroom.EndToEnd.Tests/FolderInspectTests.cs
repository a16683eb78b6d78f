using System.Text.Json.Nodes;
using Headroom.Graph;
using Headroom.Training.Checkpoints;
using Headroom.Training.HuggingFace;

namespace Headroom.EndToEnd.Tests;

public sealed class FolderInspectTests
{
    private const string Config = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 32, "intermediate_size": 80, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "vocab_size": 100, "max_position_embeddings": 64, "torch_dtype": "bfloat16"}
        """;

    [Fact]
    public void A_config_shows_parameters_bytes_and_cache()
    {
        using var s = new Scratch();
        string file = Path.Combine(s.Root, "config.json");
        File.WriteAllText(file, Config);
        Said said = Cli.Run(s.Root, "inspect", "config.json", "--nodes");
        Assert.True(said.Code == 0, said.ToString());
        foreach (string part in new[] { "LlamaForCausalLM", "38,880", "192 bytes a token in bf16: 3 layers x (2 x 2 heads x 8)", "75.9 KiB in its own file", "3 x 80 x 32 gate_proj = 7,680" })
            Assert.Contains(part, said.Out, StringComparison.Ordinal);
        Said json = Cli.Run(s.Root, "inspect", "config.json", "--json");
        Assert.True(json.Code == 0, json.ToString());
        Assert.Equal(38_880, (long)JsonNode.Parse(json.Out)!["parameters"]!);
        Assert.Equal(2, Cli.Run(s.Root, "inspect", "config.json", "--batch", "2").Code);
        File.WriteAllText(file, Config.Replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 7", StringComparison.Ordinal));
        Said wrong = Cli.Run(s.Root, "inspect", s.Root);
        Assert.Equal(2, wrong.Code);
        Assert.Contains("config.json: num_attention_heads is 7, and hidden_size 32 isn't a multiple of it", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_shows_what_its_files_hold_and_names_a_shard_that_is_missing()
    {
        using var s = new Scratch();
        File.WriteAllText(Path.Combine(s.Root, "config.json"), Config);
        WeightFolderWriter.Write(s.Root, [SafetensorsEntry.Of("a", TensorData.Floats(new Shape(2), 1, 2)), SafetensorsEntry.Of("b", TensorData.Longs(3))], shardBytes: 8);
        Said said = Cli.Run(s.Root, "inspect", s.Root);
        Assert.True(said.Code == 0, said.ToString());
        Assert.Contains("2 with 2 tensors, 3 elements, 16 B", said.Out, StringComparison.Ordinal);
        File.Delete(Path.Combine(s.Root, "model-00002-of-00002.safetensors"));
        Said missing = Cli.Run(s.Root, "inspect", s.Root);
        Assert.Equal(2, missing.Code);
        Assert.Contains("it names model-00002-of-00002.safetensors, which the folder doesn't have", missing.Error, StringComparison.Ordinal);
    }
}
