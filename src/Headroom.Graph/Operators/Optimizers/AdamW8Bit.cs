namespace Headroom.Graph.Operators;

/// <summary>
/// AdamW whose moments lie in 8 bits. Inputs: parameter p (fp32), gradient g (fp32 or bf16), first moment's codes (uint8, p's shape) and block maxima (fp32 <c>[blocks]</c>), the second moment's, learning rate η (fp32 scalar),
/// step t (int64 scalar, from 1), gradient scale (optional, fp32 scalar; multiplies g). Outputs replace parameter, codes and maxima in their own buffers.
/// </summary>
/// <remarks>
/// Dettmers et al., arXiv:2110.02861, section 2: a block of <see cref="Block"/> neighbours (256, as bitsandbytes has it since; the paper's 2048) keeps its largest magnitude, and of each element the nearest of 256 levels relative to it.
/// The levels are the paper's dynamic (tree) map: seven decades from 1e-6 to 1, of 2ᵈ levels each way (first moment) or 2ᵈ⁺¹ (second, whose sign bit is one more of the fraction), each in the middle of an equal part of its decade; beside them 0 and 1.
/// A code is a level's place in rising order. The update is <see cref="AdamW"/>'s, from moments not yet rounded.
/// One departure: a second moment above 0 is never rounded to 0 but to the lowest level, since a first moment over a vanished second is a leap.
/// </remarks>
public sealed class AdamW8Bit : Operator
{
    /// <summary>Elements that share a maximum.</summary>
    public const int Block = 256;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; } = 0.01;

    public override string Domain => "headroom";

    /// <summary>The codes of a parameter's moment.</summary>
    public static TensorType Codes(TensorType parameter) => parameter with { Element = ElementType.UInt8 };

    /// <summary>The maxima of a parameter's blocks.</summary>
    public static TensorType Maxima(TensorType parameter) => new(ElementType.Float32, (parameter.Elements + Block - 1) / Block);

    public override int Updates(int output) => output switch { 0 => 0, >= 1 and <= 4 => output + 1, _ => -1 };

    public override bool Widens(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        OptimizerRules.Adam(Beta1, Beta2, Epsilon, WeightDecay);
        TensorType p = OptimizerRules.Parameter(s), codes = Codes(p), maxima = Maxima(p);
        for (int i = 2; i <= 5; i++) OptimizerRules.State(s, i, i % 2 == 0 ? codes : maxima);
        OptimizerRules.Scalar(s, 6, ElementType.Float32, "learning rate");
        OptimizerRules.Scalar(s, 7, ElementType.Int64, "step");
        if (s.Has(8)) OptimizerRules.Scalar(s, 8, ElementType.Float32, "gradient scale");
        return [p, codes, maxima, codes, maxima];
    }

    // Beside AdamW's 14, finding a level's value takes about 8 for each moment, and a value's level about 25.
    public override Cost Cost(Signature s) => new(80.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}
