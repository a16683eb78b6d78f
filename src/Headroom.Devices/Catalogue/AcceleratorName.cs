using System.Text.RegularExpressions;

namespace Headroom.Devices.Catalogue;

/// <summary>What a device's name says, however it is written: <c>8xA100_80GB_SXM4</c>, <c>NVIDIA H100 SXM5 80GB</c>, <c>tpu-v5e</c>.</summary>
/// <param name="Words">Lower-case words that tell devices apart: models, form factors.</param>
/// <param name="Gigabytes">The memory that the name states, or null.</param>
internal sealed partial record AcceleratorName(IReadOnlyList<string> Words, double? Gigabytes)
{
    /// <summary>Words that makers, clouds and tables add, and that tell no two devices apart.</summary>
    private static readonly HashSet<string> Noise =
    [
        "nvidia", "amd", "google", "aws", "amazon", "intel", "apple", "huawei", "habana", "gpu", "gpus", "cpu", "accelerator", "tensor", "core", "processor", "instinct", "geforce", "tesla", "graphics",
        "cloud", "lambdacloud", "single", "node", "of", "dgx", "hgx", "gen3", "gen4", "gen5", "hbm2", "hbm2e", "hbm3", "hbm3e", "blackwell", "hopper", "ampere", "r", "tm", "the", "with", "series", "ai", "nvlink", "trt", "trt2",
    ];

    /// <summary>Reads a name.</summary>
    /// <param name="text">The name as somebody wrote it.</param>
    public static AcceleratorName Of(string text)
    {
        string plain = CoreCount().Replace(Parentheses().Replace(text.Trim().ToLowerInvariant(), " "), " ");
        string spaced = CountWithin().Replace(Count().Replace(plain, ""), " ");
        spaced = Glued().Replace(Multiple().Replace(spaced, ""), " $1 ");
        double? gigabytes = null;
        spaced = Size().Replace(spaced, m =>
        {
            gigabytes = double.Parse(m.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
            return " ";
        });
        string[] words = [.. NotWord().Split(spaced).Where(w => w.Length > 0).Select(FormFactor)];
        string[] telling = [.. words.Where((w, i) => !Noise.Contains(w) && !(IsCount(w) && i < words.Length - 1) && !w.EndsWith("xlarge", StringComparison.Ordinal)).Distinct()];
        return new AcceleratorName(telling.Length > 0 ? telling : [.. words.Distinct()], gigabytes);
    }

    /// <summary>Letters and digits alone, for names that are equal but for signs.</summary>
    /// <param name="text">The name as somebody wrote it.</param>
    public static string Squashed(string text) => NotWord().Replace(text.ToLowerInvariant(), "");

    /// <summary>The name with no count of devices before or after it, and nothing in parentheses.</summary>
    /// <param name="text">The name as somebody wrote it.</param>
    public static string Bare(string text) => Multiple().Replace(Count().Replace(Parentheses().Replace(text.Trim(), " ").Trim(), ""), "");

    // '2x V100', but TPU 7x; '16xlarge' is a cloud's size of machine.
    private static bool IsCount(string word) => word.Length > 1 && word[^1] == 'x' && word[..^1].All(char.IsAsciiDigit);

    // SXM2 to SXM6 are a generation's own socket: the model says which.
    private static string FormFactor(string word) => word.StartsWith("sxm", StringComparison.Ordinal) ? "sxm" : word;

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Parentheses();

    [GeneratedRegex(@"^\s*\d+\s*[x×*]\s*(?=[a-zA-Z0-9])", RegexOptions.IgnoreCase)]
    private static partial Regex Count();

    [GeneratedRegex(@"(\s*[:×*]\s*\d+|(?<=[\w)])\s+[xX]\s*\d+|(?<=[\d)])[xX]\d+)\s*$")]
    private static partial Regex Multiple();

    [GeneratedRegex(@"(nvidia|geforce|quadro|rtx|gtx|tesla|sxm\d?|pcie|lambdacloud|tpu|hailo|jetson|nvlink|super|(?<=[0-9]{4})ti)")]
    private static partial Regex Glued();

    [GeneratedRegex(@"(?<![a-z0-9])\d{1,2}x(?=[a-z]*[0-9])")]
    private static partial Regex CountWithin();

    [GeneratedRegex(@"\d+\W*cores?\b")]
    private static partial Regex CoreCount();

    [GeneratedRegex(@"(?<![a-z0-9.])(\d+(?:\.\d+)?)\s*-?(?:gib|gb|g)(?![a-z0-9])")]
    private static partial Regex Size();

    [GeneratedRegex(@"[^a-z0-9+]+")]
    private static partial Regex NotWord();
}
