namespace Headroom.Planning.Vision;

/// <summary>What the software makes of image networks, whatever the device.</summary>
/// <param name="FusedTraffic">Activation traffic that is left where a compiler fuses elementwise operators.</param>
/// <param name="ChannelsLastGain">Rate of convolutions that keep channels last over those that don't.</param>
/// <param name="TrainingLaunches">Launches and host work of a training step over those of a forward pass.</param>
public sealed record VisionStack(double FusedTraffic, double ChannelsLastGain, double TrainingLaunches);
