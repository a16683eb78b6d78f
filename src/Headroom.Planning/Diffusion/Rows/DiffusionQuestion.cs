using Headroom.Devices.Catalogue;
using Headroom.Planning.Serving;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Diffusion.Rows;

/// <summary>A measured row of drawing, read.</summary>
/// <param name="Denoiser">The network.</param>
/// <param name="Device">One of the accelerators.</param>
/// <param name="Count">Accelerators.</param>
/// <param name="Batch">Pictures or films at once.</param>
/// <param name="Tokens">Of each.</param>
/// <param name="Steps">Of denoising.</param>
/// <param name="PerSecond">Pictures or films a second; null where not measured.</param>
/// <param name="Watts">Mean draw of all accelerators; null where not measured.</param>
public sealed record DiffusionQuestion(Denoiser Denoiser, Accelerator Device, int Count, double Batch, double Tokens, double Steps, double? PerSecond, double? Watts)
{
    /// <summary>The stack that such rows were measured with.</summary>
    public const string Stack = "diffusers";

    /// <summary>Reads a row.</summary>
    /// <param name="row">One whose kind begins with <c>diffusion</c>.</param>
    /// <param name="reason">What is missing, where the answer is null.</param>
    public static DiffusionQuestion? Read(MeasuredRow row, out string reason)
    {
        reason = "";
        double? height = row.Config.Number("image_height", "video_height", "height"), width = row.Config.Number("image_width", "video_width", "width"), steps = row.Config.Number("inference_steps", "steps"), batch = row.Config.Number("batch_size", "batch");
        if (Denoiser.Find(row.Model.Text("name") ?? "") is not { } denoiser) reason = "the register has no such denoiser";
        else if (AcceleratorCatalogue.Default.TryFind(row.Hardware.Text("accelerator") ?? "", out _) is not { } device) reason = "the catalogue has no such device";
        else if (height is not > 0 || width is not > 0 || steps is not > 0 || batch is not > 0) reason = "the row has no size, steps or batch";
        else
        {
            double? rate = row.Measured.Number("throughput_images_per_sec", "throughput_videos_per_sec") ?? (batch / row.Measured.Number("batch_latency_s"));
            return new(denoiser, device, row.Hardware.Count("count") ?? 1, batch.Value, denoiser.Tokens(height.Value, width.Value, row.Config.Number("num_frames") ?? 1), steps.Value, rate, row.Measured.Number("avg_power_watts"));
        }
        return null;
    }

    /// <summary>Seconds of a batch and the share of the peak rate that is used.</summary>
    /// <param name="rates">Of the device's family.</param>
    /// <param name="stack">The software.</param>
    public (double Seconds, double ComputeShare)? Time(ServingRates rates, ServingStack stack) => DiffusionEstimator.Time(Denoiser, Device, rates, stack, Count, Batch, Tokens, Steps);
}
