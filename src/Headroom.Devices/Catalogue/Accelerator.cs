using Headroom.Evidence.Quantities;

namespace Headroom.Devices.Catalogue;

/// <summary>One accelerator as its makers and their readers describe it: rates, sizes and prices, each with its source. What no source gives is null.</summary>
/// <remarks>Peaks are dense: never the doubled figures that assume half of all weights to be zero.</remarks>
public sealed record Accelerator
{
    /// <summary>The whole name: <c>NVIDIA A100 SXM4 80GB</c>. Unique in a catalogue.</summary>
    public required string Name { get; init; }

    /// <summary>Who makes it.</summary>
    public required string Maker { get; init; }

    /// <summary>What sort of device it is.</summary>
    public required AcceleratorKind Kind { get; init; }

    /// <summary>Devices that share fitted efficiencies: <c>H100</c> stands for H100, H200, H800 and H20 alike.</summary>
    public required string Family { get; init; }

    /// <summary>The architecture, <c>Ampere</c> or <c>CDNA 3</c>: what efficiencies fall back to where the family was never fitted.</summary>
    public required string Generation { get; init; }

    /// <summary>The year of its release.</summary>
    public int? Year { get; init; }

    /// <summary>Dense peaks in FLOP/s (integer types: operations a second) by the names of <see cref="PeakTypes"/>.</summary>
    /// <remarks>Matrix units where there are any, with sums in fp32 where the maker tells such rates apart.</remarks>
    public IReadOnlyDictionary<string, double> Peaks { get; init; } = new Dictionary<string, double>();

    /// <summary>Memory of one device; shared with the processor on systems on a chip.</summary>
    public Bytes? Memory { get; init; }

    /// <summary>From that memory, in bytes a second.</summary>
    public double? Bandwidth { get; init; }

    /// <summary>To the other devices of a node, in bytes a second, one direction, all of a device's links together.</summary>
    public double? Link { get; init; }

    /// <summary>Between nodes, in bytes a second, one direction, a device's share of its node's network as usually sold.</summary>
    public double? Network { get; init; }

    /// <summary>Devices in a node, or in the domain that <see cref="Link"/> joins, as usually sold.</summary>
    public int? NodeSize { get; init; }

    /// <summary>Thermal design power of one device.</summary>
    public Watts? Watts { get; init; }

    /// <summary>What providers asked, newest sources as they were read.</summary>
    public IReadOnlyList<AcceleratorPrice> Prices { get; init; } = [];

    /// <summary>Where figures come from, by the figure's name in JSON: <c>peaks</c> (or <c>peaks.bf16</c>), <c>memory</c>, <c>bandwidth</c>, <c>link</c>, <c>network</c>, <c>nodeSize</c>, <c>watts</c>, <c>year</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Sources { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Short names that mean this device and no other: <c>a100</c>.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What a reader should know of the figures: where sources disagree, what was left out.</summary>
    public string? Note { get; init; }

    /// <summary>The types that a peak may be given for.</summary>
    public static IReadOnlyList<string> PeakTypes { get; } = ["fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4", "int8", "int4"];

    /// <summary>The dense peak for one type in FLOP/s, or null where no source gives it.</summary>
    /// <param name="type">One of <see cref="PeakTypes"/>.</param>
    /// <returns>FLOP/s, or operations a second for integer types.</returns>
    public double? Peak(string type) => Peaks.TryGetValue(type, out double rate) ? rate : null;

    /// <summary>The dense peak that mixed-precision training computes at: bf16, or fp16 where that is all there is.</summary>
    public double? HalfPeak => Peak("bf16") ?? Peak("fp16");

    /// <summary>The lowest price by which an hour can be had without being interrupted, or null where no provider's is known.</summary>
    public AcceleratorPrice? Cheapest => Prices.Where(p => !p.Spot).MinBy(p => p.UsdPerHour);

    /// <summary>US dollars for 10^15 · 3600 FLOP at the half-precision peak and the lowest price; null where either is unknown.</summary>
    public double? UsdPerPetaflopHour => Cheapest is { } price && HalfPeak is > 0 and double peak ? price.UsdPerHour / (peak / 1e15) : null;
}
