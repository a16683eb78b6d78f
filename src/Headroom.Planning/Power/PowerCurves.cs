using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;

namespace Headroom.Planning.Power;

/// <summary>Power of an accelerator, its share of the node with it, from the fit to published measurements.</summary>
public static class PowerCurves
{
    private const string Name = "power";

    /// <summary>Watts of one accelerator and its share of the host, by the shares of its peak and of its bandwidth that are used.</summary>
    /// <param name="device">From the catalogue.</param>
    /// <returns>Null where no source gives its design power.</returns>
    public static Func<double, double, double>? Of(Accelerator device)
    {
        if (device.Watts is null) return null;
        FittedCalibration fitted = Calibrations.Named(Name);
        double Of(string parameter) => fitted.Value(parameter, device);
        var rates = new PowerRates(Of("idle"), Of("compute"), Of("bandwidth"), Of("host"));
        return (compute, bandwidth) => PowerEstimator.NodeWatts(device, 1, rates, compute, bandwidth)!.Value;
    }
}
