using Headroom.Planning.Models;

namespace Headroom.Planning.Training;

/// <summary>What is trained, whatever it is trained on.</summary>
public sealed record TrainingJob
{
    /// <summary>The model.</summary>
    public required TransformerShape Shape { get; init; }

    /// <summary>Tokens of a sequence.</summary>
    public required int Sequence { get; init; }

    /// <summary>What matrix products compute in: a name of <see cref="Headroom.Devices.Catalogue.Accelerator.PeakTypes"/>.</summary>
    public string Type { get; init; } = "bf16";

    /// <summary>The rule of the update.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Weights that are trained beside frozen ones (LoRA); null where all are trained.</summary>
    public double? AdapterParameters { get; init; }

    /// <summary>Bytes of a weight as it is multiplied with; of frozen ones as they are stored.</summary>
    public double WeightBytes { get; init; } = 2;

    /// <summary>Bytes of a gradient.</summary>
    public double GradientBytes { get; init; } = 4;

    /// <summary>Bytes of the copy that the update works on; 0 where it works on the weights.</summary>
    public double MasterBytes { get; init; } = 4;

    /// <summary>Bytes a trained weight that the update takes beside gradient, states and master copy: copies of gradients, what an unfused rule holds in between. The allocator doesn't make them of activations' blocks.</summary>
    public double UpdateBytes { get; init; }

    /// <summary>Whether products with frozen weights keep their input, though nothing needs it.</summary>
    public bool KeepsFrozenInputs { get; init; }

    /// <summary>Whether RMS norms are written in single operations, of which the first keeps its input in fp32; layer norms have a kernel of their own.</summary>
    public bool UnfusedNorms { get; init; }

    /// <summary>Bytes of an activation.</summary>
    public double ActivationBytes { get; init; } = 2;

    /// <summary>Whether attention's scores stay in the chip (arXiv:2205.14135).</summary>
    public bool FusedAttention { get; init; } = true;

    /// <summary>Bytes of optimizer state a trained weight.</summary>
    public double StateBytes => Optimizer switch
    {
        OptimizerKind.AdamW => 8,
        OptimizerKind.AdamW8Bit => 2 + (2 * 4.0 / 256),
        OptimizerKind.Momentum or OptimizerKind.Muon => 4,
        // A row's and a column's sum: next to nothing of a wide matrix.
        OptimizerKind.Adafactor => 8.0 / Shape.Hidden,
        _ => 0,
    };

    /// <summary>Weights that the update changes.</summary>
    public double TrainedParameters => AdapterParameters ?? Shape.Parameters;
}
