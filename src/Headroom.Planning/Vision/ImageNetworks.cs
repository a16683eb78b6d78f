using System.Text.Json;
using System.Text.RegularExpressions;

namespace Headroom.Planning.Vision;

/// <summary>What is known of image networks by their names alone.</summary>
public static partial class ImageNetworks
{
    // MACs that a convolutional network spends on each activation: of 300 networks of timm the median.
    private const double MacsPerActivation = 250;

    private static readonly Lazy<Dictionary<string, ImageNetwork>> Register = new(Load);

    /// <summary>The networks of the register.</summary>
    public static IReadOnlyCollection<ImageNetwork> All => Register.Value.Values;

    /// <summary>A network by its name.</summary>
    /// <param name="name">As people write it: <c>ResNet-50</c>, <c>google/vit-base-patch16-224</c>.</param>
    /// <returns>The network, or null where the register has none.</returns>
    public static ImageNetwork? Find(string name) => Register.Value.GetValueOrDefault(Key(name));

    /// <summary>Whether a network is attention over patches and nothing else, by the names of timm's families.</summary>
    /// <param name="name">Such as <c>vit_base_patch16_224</c>.</param>
    public static bool IsAttentionAlone(string name) => Plain().IsMatch(name) && !Mixed().IsMatch(name);

    /// <summary>Activations of a network of which only the arithmetic is known.</summary>
    /// <param name="macs">Of one image.</param>
    public static double UsualActivations(double macs) => macs / MacsPerActivation;

    private static string Key(string name) => string.Concat(name.Split('/')[^1].Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static Dictionary<string, ImageNetwork> Load()
    {
        using Stream stream = typeof(ImageNetworks).Assembly.GetManifestResourceStream("Headroom.Planning.networks.images.json")!;
        using var json = JsonDocument.Parse(stream);
        var found = new Dictionary<string, ImageNetwork>(StringComparer.Ordinal);
        foreach (JsonElement n in json.RootElement.GetProperty("networks").EnumerateArray())
        {
            string name = n.GetProperty("name").GetString()!;
            var network = new ImageNetwork(name, n.GetProperty("gmacs").GetDouble() * 1e9, n.GetProperty("mactivations").GetDouble() * 1e6, n.GetProperty("mparameters").GetDouble() * 1e6, IsAttentionAlone(name));
            foreach (string alias in n.GetProperty("aliases").EnumerateArray().Select(a => a.GetString()!).Prepend(name)) found[Key(alias)] = network;
        }
        return found;
    }

    [GeneratedRegex("^(vit_|vit-|deit|eva|beit|samvit|flexivit|naflexvit|aimv2|test_vit)")]
    private static partial Regex Plain();

    [GeneratedRegex("resnet|r26|r50|relpos")]
    private static partial Regex Mixed();
}
