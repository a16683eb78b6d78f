using System.Text.Json;

namespace Headroom.Planning.Diffusion;

/// <summary>A transformer that takes noise off pictures or films.</summary>
/// <param name="Name">As its repository is called.</param>
/// <param name="Parameters">Of the denoiser alone.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Width">Of the residual stream.</param>
/// <param name="Pixels">That a token stands for, a side.</param>
/// <param name="Frames">That a token stands for.</param>
/// <param name="Text">Tokens of text that go along.</param>
/// <param name="Passes">A step: 2 where guidance wants a prediction without the text too.</param>
/// <param name="Linear">Whether attention is linear in the tokens.</param>
public sealed record Denoiser(string Name, double Parameters, int Layers, int Width, int Pixels, int Frames, int Text, int Passes, bool Linear)
{
    private static readonly Lazy<Dictionary<string, Denoiser>> Register = new(Load);

    /// <summary>A denoiser by its name.</summary>
    /// <param name="name">With or without who published it.</param>
    /// <returns>The denoiser, or null where the register has none.</returns>
    public static Denoiser? Find(string name) => Register.Value.GetValueOrDefault(name.Split('/')[^1]);

    /// <summary>Tokens of one picture or film.</summary>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="frames">1 of a picture.</param>
    public double Tokens(double height, double width, double frames) => Text + (height / Pixels * (width / Pixels) * Math.Ceiling(((frames - 1) / Frames) + 1));

    /// <summary>FLOPs of one step: every weight meets every token, and attention's two products every pair.</summary>
    /// <param name="tokens">Of one picture or film.</param>
    public double Flops(double tokens) => Passes * ((2 * Parameters * tokens) + (Linear ? 0 : 4.0 * Layers * Width * tokens * tokens));

    private static Dictionary<string, Denoiser> Load()
    {
        using Stream stream = typeof(Denoiser).Assembly.GetManifestResourceStream("Headroom.Planning.networks.diffusion.json")!;
        using var json = JsonDocument.Parse(stream);
        return json.RootElement.GetProperty("networks").EnumerateArray().Select(n => new Denoiser(n.GetProperty("name").GetString()!, n.GetProperty("parameters").GetDouble(), n.GetProperty("layers").GetInt32(), n.GetProperty("width").GetInt32(),
            n.GetProperty("pixels").GetInt32(), n.GetProperty("frames").GetInt32(), n.GetProperty("text").GetInt32(), n.GetProperty("passes").GetInt32(), n.TryGetProperty("linear", out JsonElement linear) && linear.GetBoolean())).ToDictionary(d => d.Name, StringComparer.OrdinalIgnoreCase);
    }
}
