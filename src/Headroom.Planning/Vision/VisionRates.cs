namespace Headroom.Planning.Vision;

/// <summary>What a family of devices reaches of its data sheet on image networks.</summary>
/// <param name="MatrixShare">Of the dense peak, by plain matrix products, at most 1.</param>
/// <param name="ConvolutionShare">Matrix rate of convolutions over that of plain products.</param>
/// <param name="ActivationPasses">How often each activation crosses memory in a forward pass: written, read by the norm, the activation function, the next layer.</param>
/// <param name="LaunchSeconds">Of one forward pass that computes nothing: kernel launches and the host.</param>
public sealed record VisionRates(double MatrixShare, double ConvolutionShare, double ActivationPasses, double LaunchSeconds);
