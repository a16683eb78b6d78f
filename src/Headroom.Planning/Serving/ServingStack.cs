namespace Headroom.Planning.Serving;

/// <summary>What a serving stack makes of a family's rates, whatever the accelerator. A calibration fits at most three of the figures; the others keep their defaults.</summary>
/// <param name="Name">As the calibration names it: <c>tensorrt-llm</c>.</param>
/// <param name="LayerSeconds">Of each layer in each pass beyond its arithmetic and traffic: launches, gaps, small kernels, the host.</param>
/// <param name="TokenSeconds">Of the host for each token written: sampling, scheduling, turning it into text.</param>
/// <param name="UnpackShare">Bandwidth at which weights of fewer than 16 bits are streamed and unpacked, over the family's.</param>
/// <param name="MatrixShare">Rate of its large products over the family's.</param>
public sealed record ServingStack(string Name, double LayerSeconds, double TokenSeconds = 0, double UnpackShare = 1, double MatrixShare = 1);
