using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;

namespace Headroom.Planning;

/// <summary>Fitted values for a device: its family's own, or what its like have.</summary>
public static class DeviceCalibration
{
    /// <summary>A family's value; of a family that was never fitted, the mean of fitted families of its generation and kind, else of its kind, else the usual value.</summary>
    /// <param name="calibration">What a fit found.</param>
    /// <param name="parameter">Fitted per family.</param>
    /// <param name="device">From the catalogue.</param>
    /// <returns>The value.</returns>
    public static double Value(this FittedCalibration calibration, string parameter, Accelerator device)
    {
        // Processors of one name span generations that have little in common: theirs comes first.
        if (calibration.Has(parameter, device.Generation)) return calibration.Value(parameter, device.Generation);
        if (calibration.Has(parameter, device.Family)) return calibration.Value(parameter, device.Family);
        return Mean(calibration, parameter, a => a.Generation == device.Generation && a.Kind == device.Kind) ?? Mean(calibration, parameter, a => a.Kind == device.Kind) ?? calibration.Value(parameter, device.Family);
    }

    /// <summary>What a fit groups a device under: its family, or a processor's generation.</summary>
    /// <param name="device">From the catalogue.</param>
    public static string FitKey(this Accelerator device) => device.Kind == AcceleratorKind.Cpu ? device.Generation : device.Family;

    /// <summary>A stack's value, or a default for stacks that the parameter doesn't concern.</summary>
    /// <param name="calibration">What a fit found.</param>
    /// <param name="parameter">Fitted per stack.</param>
    /// <param name="stack">The stack.</param>
    /// <param name="otherwise">Where it has none.</param>
    /// <returns>The value.</returns>
    public static double StackValue(this FittedCalibration calibration, string parameter, string stack, double otherwise) => calibration.Has(parameter, stack) ? calibration.Value(parameter, stack) : otherwise;

    private static double? Mean(FittedCalibration calibration, string parameter, Func<Accelerator, bool> like)
    {
        double[] values = [.. AcceleratorCatalogue.Default.All.Where(like).Select(a => a.Family).Distinct().Where(f => calibration.Has(parameter, f)).Select(f => calibration.Value(parameter, f))];
        return values.Length > 0 ? values.Average() : null;
    }
}
