namespace Headroom.Graph.Operators;

/// <summary>
/// Adam with decoupled weight decay. Inputs: parameter p (fp32), gradient g (fp32 or bf16), first moment m, second moment v (fp32), learning rate η (fp32 scalar), step t (int64 scalar, from 1),
/// gradient scale (optional, fp32 scalar; multiplies g), and the bf16 copy of p (optional). Outputs replace parameter, moments and copy in their own buffers.
/// </summary>
/// <remarks>
/// Loshchilov and Hutter, arXiv:1711.05101, algorithm 2, as PyTorch's <c>AdamW</c>: <c>p -= η·decay·p</c>; <c>m = β₁ m + (1 - β₁) g</c>; <c>v = β₂ v + (1 - β₂) g²</c>;
/// <c>p -= η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)</c>.
/// </remarks>
public sealed class AdamW : Operator
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; } = 0.01;

    public override string Domain => "headroom";

    public override int Updates(int output) => output switch { 0 => 0, 1 => 2, 2 => 3, 3 => 7, _ => -1 };

    public override bool Widens(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        OptimizerRules.Adam(Beta1, Beta2, Epsilon, WeightDecay);
        TensorType p = OptimizerRules.Parameter(s, 2, 3);
        _ = (s.Input(2), s.Input(3));
        OptimizerRules.Scalar(s, 4, ElementType.Float32, "learning rate");
        OptimizerRules.Scalar(s, 5, ElementType.Int64, "step");
        if (s.Has(6)) OptimizerRules.Scalar(s, 6, ElementType.Float32, "gradient scale");
        if (s.Wants(3) && !s.Has(7)) throw new GraphException("the bf16 copy is asked for as an output, but input 7, which it replaces, is missing");
        return [p, p, p, OptimizerRules.Copy(s, 7)];
    }

    public override Cost Cost(Signature s) => new(14.0 * s.Input(0).Elements, s.InputBytes - (s.Has(7) ? s.Input(7).Bytes : 0), s.OutputBytes);
}
