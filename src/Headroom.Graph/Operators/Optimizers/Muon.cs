namespace Headroom.Graph.Operators;

/// <summary>
/// Momentum, orthogonalized: the update of a matrix that keeps its momentum's singular vectors and makes its singular values about 1. Inputs: parameter p (fp32 <c>[m, n]</c>), gradient g (fp32 or bf16), momentum b (fp32, zero before the first step),
/// learning rate η (fp32 scalar), gradient scale (optional, fp32 scalar; multiplies g). Outputs replace parameter and momentum in their own buffers.
/// </summary>
/// <remarks>
/// Jordan et al., https://kellerjordan.github.io/posts/muon/: <c>b = μ b + g</c>; <c>O = NS(g + μ b)</c> (Nesterov's form); five steps of Newton and Schulz's iteration from <c>X = G / (‖G‖ + 1e-7)</c>: <c>A = X Xᵀ</c>, <c>X = a X + (b A + c A²) X</c>.
/// Scale and decay are those of Liu et al., arXiv:2502.16982, eq. 4: <c>p -= η (0.2 √max(m, n) O + decay · p)</c>, which makes an update as large as AdamW's, so that both take one learning rate.
/// The iteration is in fp32, in which theirs is in bf16. It commutes with transposition, so that it doesn't matter how a weight lies.
/// </remarks>
public sealed class Muon : Operator
{
    /// <summary>Of Newton and Schulz's iteration.</summary>
    public const int Iterations = 5;

    /// <summary>The iteration's polynomial <c>a x + b x³ + c x⁵</c>, tuned for its slope at 0: what is above 1e-3 ends between 0.68 and 1.13.</summary>
    public const double A = 3.4445, B = -4.7750, C = 2.0315;

    /// <summary>An update's root mean square is about this: AdamW's usual one.</summary>
    public const double Size = 0.2;

    public double Momentum { get; init; } = 0.95;

    public bool Nesterov { get; init; } = true;

    public double WeightDecay { get; init; } = 0.01;

    public override string Domain => "headroom";

    public override int Updates(int output) => output switch { 0 => 0, 1 => 2, _ => -1 };

    public override bool Widens(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        OptimizerRules.InRange(Momentum, 0, Math.BitDecrement(1.0), "momentum");
        OptimizerRules.InRange(WeightDecay, 0, double.MaxValue, "the weight decay");
        TensorType p = OptimizerRules.Parameter(s, 2);
        if (p.Rank != 2) throw new GraphException($"the parameter is {p}; Muon updates matrices");
        _ = s.Input(2);
        OptimizerRules.Scalar(s, 3, ElementType.Float32, "learning rate");
        if (s.Has(4)) OptimizerRules.Scalar(s, 4, ElementType.Float32, "gradient scale");
        return [p, p];
    }

    // A step multiplies [r, c] by its transpose, the result by itself, and that by [r, c]; sums and scales around them.
    public override Cost Cost(Signature s)
    {
        long small = Math.Min(s.Input(0).Shape[0], s.Input(0).Shape[1]), elements = s.Input(0).Elements;
        double step = 4.0 * small * elements + 2.0 * small * small * small + 2 * elements + 3 * small * small;
        return new(Iterations * step + 12.0 * elements, s.InputBytes + Iterations * 16 * elements, s.OutputBytes + Iterations * 8 * elements);
    }
}
