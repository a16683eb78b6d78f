using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Training.Checkpoints;

namespace Headroom.Training.HuggingFace;

/// <summary>A decoder of Llama's kind that was built here, as a folder that transformers, vLLM and llama.cpp's converter load.</summary>
public static class LlamaCheckpoint
{
    /// <param name="folder">Made if it isn't there.</param>
    /// <param name="options">What the model was built by.</param>
    /// <param name="positions">Tokens that it was made for.</param>
    /// <param name="value">The value of a weight, by name.</param>
    /// <param name="element">fp32, bf16 or fp16.</param>
    /// <exception cref="InputException">The folder can't be written.</exception>
    /// <exception cref="GraphException">The options are Qwen's: their folders have other keys.</exception>
    public static void Save(string folder, LlamaOptions options, long positions, Func<string, TensorData> value, ElementType element = ElementType.Float32)
    {
        if (options.Biases || options.HeadNorms || options.RotaryScaling is not null) throw new GraphException("a decoder with biases, head norms or stretched positions isn't written as a 'llama' folder");
        Model model = Llama.Decoder(options);
        WeightFolderWriter.Write(folder, [.. model.States.Select(s => SafetensorsEntry.Of(s.Value.Name, value(s.Value.Name).To(element)))]);
        AtomicFile.WriteText(Path.Join(folder, "config.json"), Config(options, positions, element).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private static JsonObject Config(LlamaOptions o, long positions, ElementType element) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = o.Vocabulary,
        ["hidden_size"] = o.Width,
        ["intermediate_size"] = o.Hidden,
        ["num_hidden_layers"] = o.Layers,
        ["num_attention_heads"] = o.Heads,
        ["num_key_value_heads"] = o.KeyHeads ?? o.Heads,
        ["head_dim"] = o.HeadWidth ?? o.Width / o.Heads,
        ["max_position_embeddings"] = positions,
        ["rms_norm_eps"] = Math.Round((double)o.NormEpsilon, 12),
        ["rope_theta"] = o.RotaryBase,
        ["hidden_act"] = "silu",
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["attention_dropout"] = 0.0,
        ["tie_word_embeddings"] = o.TiedHead,
        ["initializer_range"] = o.Deviation,
        ["bos_token_id"] = null,
        ["eos_token_id"] = null,
        ["pad_token_id"] = 0,
        ["torch_dtype"] = element switch { ElementType.BFloat16 => "bfloat16", ElementType.Float16 => "float16", _ => "float32" },
        ["use_cache"] = true,
    };
}
