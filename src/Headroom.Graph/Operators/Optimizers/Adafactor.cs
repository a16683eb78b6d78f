namespace Headroom.Graph.Operators;

/// <summary>
/// Adafactor without a first moment: the second moment of a matrix is the product of one number a row and one a column. Inputs: parameter p (fp32), gradient g (fp32 or bf16), rows' moments R (fp32 <c>[m]</c>; of a vector all moments, p's shape),
/// columns' moments C (fp32 <c>[n]</c>; absent for a vector), learning rate η (fp32 scalar), step t (int64 scalar, from 1), gradient scale (optional, fp32 scalar; multiplies g). Outputs replace parameter and moments in their own buffers.
/// A tensor of more than two axes is a matrix of its first axis by all others.
/// </summary>
/// <remarks>
/// Shazeer and Stern, arXiv:1804.04235, algorithms 4 and 5 with an absolute step size: <c>β = 1 - t^-0.8</c>; <c>R = β R + (1 - β) mean over columns of (g² + ε₁)</c>, C likewise over rows; <c>V = R C / mean(R)</c>, which is theirs in means rather than sums;
/// <c>U = g / √V</c>; <c>p -= η U / max(1, RMS(U) / d)</c>. Weight decay is decoupled: <c>p -= η · decay · p</c>.
/// </remarks>
public sealed class Adafactor : Operator
{
    /// <summary>ε₁, added to each square.</summary>
    public double Epsilon { get; init; } = 1e-30;

    /// <summary>d: an update whose root mean square is above this is scaled down to it.</summary>
    public double ClipUpdate { get; init; } = 1;

    /// <summary>β = 1 - t^-this.</summary>
    public double DecayPower { get; init; } = 0.8;

    public double WeightDecay { get; init; }

    public override string Domain => "headroom";

    /// <summary>Whether a parameter's moments are rows and columns.</summary>
    public static bool Factors(TensorType parameter) => parameter.Rank > 1;

    /// <summary>The rows' moments; of a vector all.</summary>
    public static TensorType Rows(TensorType parameter) => Factors(parameter) ? new(ElementType.Float32, parameter.Shape[0]) : parameter;

    public static TensorType Columns(TensorType parameter) => new(ElementType.Float32, new Shape(parameter.Shape.Dims[1..]).Elements);

    /// <summary>What remains of old moments at a step.</summary>
    public double DecayAt(long step) => 1 - Math.Pow(step, -DecayPower);

    public override int Updates(int output) => output switch { 0 => 0, 1 => 2, 2 => 3, _ => -1 };

    public override bool Widens(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        OptimizerRules.InRange(WeightDecay, 0, double.MaxValue, "the weight decay");
        OptimizerRules.InRange(Epsilon, 1e-37, 1, "epsilon");
        if (!(ClipUpdate > 0)) throw new GraphException($"the largest update is {ClipUpdate}; it must be greater than 0");
        OptimizerRules.InRange(DecayPower, 0, 1, "the decay's power");
        TensorType p = OptimizerRules.Parameter(s), rows = Rows(p);
        OptimizerRules.State(s, 2, rows);
        if (Factors(p)) OptimizerRules.State(s, 3, Columns(p));
        else if (s.Has(3)) throw new GraphException($"the parameter is {p}; only what has columns has moments of columns (input 3)");
        OptimizerRules.Scalar(s, 4, ElementType.Float32, "learning rate");
        OptimizerRules.Scalar(s, 5, ElementType.Int64, "step");
        if (s.Has(6)) OptimizerRules.Scalar(s, 6, ElementType.Float32, "gradient scale");
        return Factors(p) ? [p, rows, Columns(p)] : [p, rows];
    }

    // The gradient is read three times: for the moments, for the update's size, for the update.
    public override Cost Cost(Signature s) => new(14.0 * s.Input(0).Elements, s.InputBytes + 2 * s.Input(1).Bytes, s.OutputBytes);
}
