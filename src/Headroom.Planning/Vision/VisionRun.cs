namespace Headroom.Planning.Vision;

/// <summary>How an image network is run.</summary>
/// <param name="Batch">Images a pass.</param>
/// <param name="Type">What matrix work computes in, a name of <see cref="Devices.Catalogue.Accelerator.PeakTypes"/>.</param>
/// <param name="Bytes">Of an activation in memory.</param>
/// <param name="Compiled">Whether a compiler fuses elementwise operators.</param>
/// <param name="ChannelsLast">Whether convolutions keep channels last.</param>
/// <param name="FusedAttention">Whether attention's scores stay in the chip.</param>
/// <param name="Training">Whether gradients and an update follow the forward pass.</param>
public readonly record struct VisionRun(double Batch, string Type = "fp16", double Bytes = 2, bool Compiled = false, bool ChannelsLast = false, bool FusedAttention = true, bool Training = false);
