using System.Collections.Immutable;
using System.Globalization;

namespace Headroom.Graph.HuggingFace;

/// <summary>What a weight belongs to.</summary>
public enum WeightPart
{
    Embedding,
    Attention,
    FeedForward,
    Experts,
    Mamba,
    Norms,
    Vision,
    Head,
}

/// <summary>Weights of one shape: how many there are, and how many of those a token meets.</summary>
/// <param name="Part">What they belong to.</param>
/// <param name="Name">Their name within a layer, as the files have it.</param>
/// <param name="Copies">How many: of the layers, and of the experts in each.</param>
/// <param name="Active">How many of them one token meets.</param>
/// <param name="Shape">The extents of one, rows first.</param>
/// <param name="Quantized">Whether a file that keeps matrices in fewer bits does so with these.</param>
public sealed record WeightCount(WeightPart Part, string Name, long Copies, long Active, ImmutableArray<long> Shape, bool Quantized)
{
    /// <summary>Elements of one.</summary>
    public long Each => Shape.Aggregate(1L, (all, extent) => checked(all * extent));

    public long Parameters => checked(Copies * Each);

    public long ActiveParameters => checked(Active * Each);

    /// <summary>The arithmetic: <c>32 x 4096 x 4096 q_proj = 536,870,912</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Copies == 1 ? "" : $"{Copies} x ")}{string.Join(" x ", Shape)} {Name} = {Parameters:N0}");

    /// <summary>Bytes in a file: of quantised matrices with their scales, of others in the model's type.</summary>
    internal long Stored(ElementType type, QuantizationConfig? quantization) => checked(Copies * (!Quantized ? Each * type.Size() : quantization!.Method switch
    {
        // A shared exponent of one byte for 32 elements of four bits (OCP Microscaling Formats, version 1.0).
        "mxfp4" => (Each / 2) + (Each / 32),
        // A byte an element, and a float32 a block.
        _ => Each + (4 * Blocks(Shape[0], quantization.BlockRows) * Blocks(Shape[1], quantization.BlockColumns)),
    }));

    private static long Blocks(long extent, int block) => block == 0 ? 1 : (extent + block - 1) / block;
}
