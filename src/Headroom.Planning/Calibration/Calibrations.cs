using System.Collections.Concurrent;

namespace Headroom.Planning.Calibration;

/// <summary>The calibrations that Headroom brings.</summary>
public static class Calibrations
{
    private static readonly ConcurrentDictionary<string, FittedCalibration> Read = new(StringComparer.Ordinal);

    /// <summary>Training of language models.</summary>
    public static FittedCalibration Training => Named("llm-training");

    /// <summary>Serving of language models.</summary>
    public static FittedCalibration Serving => Named("llm-serving");

    /// <summary>Training and inference of vision models.</summary>
    public static FittedCalibration Vision => Named("vision");

    /// <summary>Draw of accelerators at work.</summary>
    public static FittedCalibration Power => Named("power");

    /// <summary>Whether a calibration of that name is there.</summary>
    /// <param name="name">As the file's, without <c>.json</c>.</param>
    public static bool Has(string name) => typeof(Calibrations).Assembly.GetManifestResourceInfo(Resource(name)) is not null;

    /// <summary>A calibration by name, read once.</summary>
    /// <param name="name">As the file's, without <c>.json</c>.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static FittedCalibration Named(string name) => Read.GetOrAdd(name, static n =>
    {
        using Stream stream = typeof(Calibrations).Assembly.GetManifestResourceStream(Resource(n)) ?? throw new ArgumentException($"no calibration '{n}' was fitted", nameof(name));
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return CalibrationFile.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), n + ".json");
    });

    // Embedded under calibration/; the resource's name has a dot for each slash.
    private static string Resource(string name) => $"Headroom.Planning.calibration.{name}.json";
}
