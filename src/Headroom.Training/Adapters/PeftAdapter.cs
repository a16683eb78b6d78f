using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Training.Checkpoints;

namespace Headroom.Training.Adapters;

/// <summary>Adapters apart from their model, in the layout of Hugging Face's PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <remarks>https://huggingface.co/docs/peft: tensors are called <c>base_model.model.MODULE.lora_A.weight</c> <c>[rank, in]</c> and <c>lora_B.weight</c> <c>[out, rank]</c>.</remarks>
public static class PeftAdapter
{
    public const string ConfigFile = "adapter_config.json", WeightsFile = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";

    /// <param name="folder">Made if it isn't there.</param>
    /// <param name="adapted">The model that was trained.</param>
    /// <param name="options">What it was made by.</param>
    /// <param name="value">The value of a state of the adapted model, by name.</param>
    /// <param name="baseModel">What the adapters belong to: a folder or a model's name, as whoever loads them finds it.</param>
    /// <exception cref="InputException">The folder can't be written.</exception>
    public static void Save(string folder, AdaptedModel adapted, LowRankOptions options, Func<string, TensorData> value, string baseModel)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(folder, e);
        }
        var tensors = new List<SafetensorsEntry>();
        foreach (Adapter a in adapted.Adapters)
        {
            tensors.Add(SafetensorsEntry.Of($"{Prefix}{a.Module}.lora_A.weight", Turned(value(a.A))));
            tensors.Add(SafetensorsEntry.Of($"{Prefix}{a.Module}.lora_B.weight", Turned(value(a.B))));
        }
        SafetensorsWriter.Write(Path.Combine(folder, WeightsFile), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        var config = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["base_model_name_or_path"] = baseModel,
            ["r"] = options.Rank,
            ["lora_alpha"] = options.Alpha,
            ["lora_dropout"] = 0.0,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["target_modules"] = new JsonArray([.. adapted.Adapters.Select(a => a.Module).Distinct().Order(StringComparer.Ordinal).Select(m => (JsonNode)m)]),
            ["modules_to_save"] = null,
            ["task_type"] = null,
        };
        AtomicFile.WriteText(Path.Combine(folder, ConfigFile), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>The values of the adapters' states from a folder, by their names in the adapted model.</summary>
    /// <exception cref="InputException">A file is missing or broken, or its tensors aren't those of the model.</exception>
    public static IReadOnlyDictionary<string, TensorData> Load(string folder, AdaptedModel adapted)
    {
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Verify();
        var values = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        Dictionary<string, State> states = adapted.Model.States.ToDictionary(s => s.Value.Name, StringComparer.Ordinal);
        foreach (Adapter a in adapted.Adapters)
        {
            foreach ((string name, string part) in new[] { (a.A, "lora_A"), (a.B, "lora_B") })
            {
                string key = $"{Prefix}{a.Module}.{part}.weight";
                TensorType wanted = Turned(states[name].Type);
                if (!file.Tensors.TryGetValue(key, out TensorType found) || found != wanted)
                    throw new InputException(path, $"the model's adapter wants '{key}': {wanted}, found is {(file.Tensors.TryGetValue(key, out found) ? found.ToString() : "none")}", "Take the adapter of this model, with the rank and targets that it was trained with.");
                byte[] bytes = new byte[wanted.Bytes];
                file.Read(key, 0, bytes);
                values[name] = Turned(new TensorData(wanted, bytes));
            }
        }
        return values;
    }

    private static TensorType Turned(TensorType type) => new(type.Element, type.Shape[1], type.Shape[0]);

    private static TensorData Turned(TensorData matrix)
    {
        int rows = (int)matrix.Type.Shape[0], columns = (int)matrix.Type.Shape[1];
        ReadOnlySpan<float> from = matrix.As<float>();
        var to = new float[from.Length];
        for (int r = 0; r < rows; r++) for (int c = 0; c < columns; c++) to[(c * rows) + r] = from[(r * columns) + c];
        return TensorData.Floats(new Shape(columns, rows), to);
    }
}
