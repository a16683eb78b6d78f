namespace Headroom.Evaluation.Baselines;

/// <summary>How a linear model is trained; the defaults suit text, tables and images.</summary>
/// <param name="Epochs">At most; it stops when the validation loss has not fallen for <paramref name="Patience"/> of them.</param>
/// <param name="Patience">Epochs without a better validation loss.</param>
/// <param name="Rates">The learning rates of which the best after one pass over <paramref name="TrialRows"/> rows is taken, and beside it a third of that.</param>
/// <param name="TrialRows">Rows that each rate is tried on.</param>
/// <param name="Seed">The same seed gives the same bits.</param>
public sealed record LinearSettings(int Epochs = 12, int Patience = 1, IReadOnlyList<float>? Rates = null, int TrialRows = 10_000, ulong Seed = 17)
{
    public static IReadOnlyList<float> DefaultRates { get; } = [0.003f, 0.01f, 0.03f, 0.1f, 0.3f, 1f];
}
