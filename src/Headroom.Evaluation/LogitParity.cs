using System.Numerics;
using Headroom.Evidence;

namespace Headroom.Evaluation;

/// <summary>How far the exported model's outputs lie from the trainer's on the same rows: the largest absolute difference of two logits.</summary>
public static class LogitParity
{
    public const string Name = "parity_max_abs_logit_difference";

    /// <summary>The measurement over <paramref name="rows"/> rows.</summary>
    /// <param name="trainer">Logits inside the trainer, <c>[rows, classes]</c>.</param>
    /// <param name="exported">Logits of the exported file under ONNX Runtime, <c>[rows, classes]</c>.</param>
    /// <param name="rows">At least one.</param>
    /// <exception cref="InputException">The sizes differ, or a logit is not finite.</exception>
    public static Measurement Of<T>(ReadOnlySpan<T> trainer, ReadOnlySpan<T> exported, int rows)
        where T : IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (trainer.Length != exported.Length || trainer.Length % rows != 0 || trainer.IsEmpty)
        {
            throw new InputException("parity", $"the trainer gave {trainer.Length} logits and the exported model {exported.Length} for {rows} rows.", "Export the model again: the file is not of this training run.");
        }
        double largest = 0;
        int width = trainer.Length / rows;
        for (int i = 0; i < trainer.Length; i++)
        {
            if (!T.IsFinite(trainer[i]) || !T.IsFinite(exported[i]))
            {
                throw new InputException($"parity, row {i / width}, output {i % width}", FormattableString.Invariant($"the trainer gave {trainer[i]} and the exported model {exported[i]}."),
                    "A logit that is not finite means that the training diverged: train again with a lower learning rate.");
            }
            largest = Math.Max(largest, double.CreateChecked(T.Abs(trainer[i] - exported[i])));
        }
        return new Measurement(Name, largest, "logits", null, "largest |trainer - ONNX Runtime| over all outputs of the rows; exact, no sampling", rows);
    }
}
