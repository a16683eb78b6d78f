namespace Headroom.Planning.Vision;

/// <summary>What an image network asks of a device for one image.</summary>
/// <param name="Name">As it is known: <c>resnet50</c>.</param>
/// <param name="Macs">Multiply-accumulates of the forward pass.</param>
/// <param name="Activations">Elements that its convolutions and matrix products write, forward.</param>
/// <param name="Parameters">Weights.</param>
/// <param name="Attention">Whether it is made of attention layers over patches alone, as ViT is: such networks have no convolutions to speak of.</param>
public sealed record ImageNetwork(string Name, double Macs, double Activations, double Parameters, bool Attention = false)
{
    // Of a ViT layer, elements a token: queries, keys and values 3, attention's output and projection 2, the MLP 5 of the width; the scores take one element a head and key.
    private const double LayerElements = 10;

    /// <summary>Width of a head in every published ViT.</summary>
    private const double HeadWidth = 64;

    /// <summary>Patches that attention works over: every weight meets every patch once, so that MACs are weights times patches. 0 of a convolutional network.</summary>
    public double Tokens => Attention ? Macs / Parameters : 0;

    /// <summary>The activations left where attention's scores are never written (arXiv:2205.14135).</summary>
    public double FusedActivations => Attention ? Activations * LayerElements / (LayerElements + (Tokens / HeadWidth)) : Activations;
}
