using Headroom.Cli.Configuration;
using Headroom.Data.Features;
using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Cli.Stages;

/// <summary>All that a network that draws needs to be built again.</summary>
internal sealed record DiffusionRecipe
{
    public UNetOptions? UNet { get; init; }

    public DiTOptions? DiT { get; init; }

    public NoiseScheduleKind Schedule { get; init; }

    public int Steps { get; init; }

    public Prediction Prediction { get; init; }

    public int Classes { get; init; }

    /// <summary><c>[channels, height, width]</c>.</summary>
    public IReadOnlyList<int> Shape { get; init; } = [];

    public static DiffusionRecipe For(ModelSettings m, ImageEncoding image, int classes)
    {
        (long channels, long height, long width) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        var recipe = new DiffusionRecipe { Schedule = m.NoiseSchedule, Steps = m.NoiseSteps, Prediction = m.Prediction, Classes = classes, Shape = [.. image.Shape] };
        return m.Preset == Preset.Unet
            ? recipe with { UNet = new UNetOptions { Channels = channels, Height = height, Width = width, Patch = m.Patch ?? 1, Features = m.Features, Multipliers = [.. m.Multipliers], Blocks = m.Blocks ?? 1, Heads = m.Heads, Classes = classes } }
            : recipe with { DiT = new DiTOptions { Channels = channels, PictureHeight = height, PictureWidth = width, Patch = m.Patch ?? 2, Width = m.Width, Layers = m.Layers, Heads = m.Heads, Classes = classes } };
    }

    public Model Build() => UNet is not null ? Graph.Models.UNet.Denoiser(UNet) : Graph.Models.DiT.Denoiser(DiT!);

    public NoiseSchedule Noise() => Schedule == NoiseScheduleKind.Linear ? NoiseSchedule.Linear(Steps) : NoiseSchedule.Cosine(Steps);

    public Model WithLoss(Model denoiser) => Denoising.WithLoss(denoiser, Noise(), Classes, Prediction);

    public Model Step(float guidance) => Ddim.Step(Build(), Noise(), Classes, Prediction, guidance);
}
