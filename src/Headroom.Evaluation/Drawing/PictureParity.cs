using Headroom.Evidence;

namespace Headroom.Evaluation.Drawing;

/// <summary>How far pictures that the exported sampler draws lie from those that the trainer draws of the same noise.</summary>
public static class PictureParity
{
    public const string Name = "parity_max_abs_pixel_difference";

    /// <param name="trainer">Pixels from -1 to 1.</param>
    /// <param name="exported">The same pictures by ONNX Runtime.</param>
    /// <param name="rows">How many.</param>
    /// <exception cref="InputException">The sizes differ.</exception>
    public static Measurement Of(ReadOnlySpan<float> trainer, ReadOnlySpan<float> exported, int rows)
    {
        if (trainer.Length != exported.Length) throw new InputException("parity", $"the trainer drew {trainer.Length} pixels and the exported sampler {exported.Length}.", "Export the model again: the file is not of this training run.");
        double largest = 0;
        for (int i = 0; i < trainer.Length; i++) largest = Math.Max(largest, Math.Abs(trainer[i] - exported[i]));
        return new Measurement(Name, largest / 2, "fraction", null, "largest |trainer - ONNX Runtime| over all pixels of the same pictures, drawn from the same noise through all steps, in fractions of a pixel's range; exact, no sampling", rows);
    }
}
