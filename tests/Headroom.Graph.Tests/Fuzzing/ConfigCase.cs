using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Headroom.Evidence;
using Headroom.Graph.HuggingFace;
using Headroom.Graph.Tests.HuggingFace;

namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>Gives one <c>config.json</c> to the reader, and what it reads to the sizes.</summary>
internal static partial class ConfigCase
{
    public static JsonMutator Mutator() => new([.. Configs.All.Select(Encoding.UTF8.GetBytes)],
        [.. Configs.All.SelectMany(c => Quoted().Matches(c).Select(m => m.Groups[1].Value)).Distinct().Order(StringComparer.Ordinal), "rope_parameters", "attention_bias", "use_sliding_window", "mlp_bias", "no_rope_layers", "moe_layers"]);

    public static FuzzResult Run(byte[] file)
    {
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelConfig? config = null;
        bool sized = false;
        string? fault = null;
        try
        {
            config = ModelConfig.Parse(file);
            ModelSize size = ModelSize.Of(config);
            sized = true;
            if (size.Parameters <= 0 || size.ActiveParameters > size.Parameters) fault = $"{size.Parameters} parameters, {size.ActiveParameters} of them met";
        }
        catch (InputException e)
        {
            if (!e.Message.Contains("config.json", StringComparison.Ordinal)) fault = $"names no file: {e.Message}";
        }
        catch (Exception e)
        {
            fault = e.ToString();
        }
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (bytes > (200L * file.Length) + (16 << 20)) fault ??= $"{bytes} bytes allocated for a file of {file.Length}";
        if (watch.Elapsed > FuzzResult.Patience) fault ??= $"took {watch.Elapsed.TotalSeconds:0.0} s";
        return new FuzzResult(config is not null, sized, fault);
    }

    [GeneratedRegex("\"([A-Za-z0-9_]+)\"")]
    private static partial Regex Quoted();
}
