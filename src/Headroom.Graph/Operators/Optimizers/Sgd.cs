namespace Headroom.Graph.Operators;

/// <summary>
/// Stochastic gradient descent with momentum and weight decay. Inputs: parameter p (fp32), gradient g (fp32 or bf16), velocity b (fp32, zero before the first step; absent without momentum), learning rate η (fp32 scalar),
/// gradient scale (optional, fp32 scalar; multiplies g), and the bf16 copy of p (optional). Outputs replace parameter, velocity and copy in their own buffers.
/// </summary>
/// <remarks>As PyTorch's <c>SGD</c> without dampening: <c>g += decay · p</c>; <c>b = momentum · b + g</c>, which at the first step is g; <c>p -= η · b</c>, or with Nesterov (Sutskever et al., ICML 2013) <c>p -= η · (g + momentum · b)</c>.</remarks>
public sealed class Sgd : Operator
{
    public double Momentum { get; init; }

    public bool Nesterov { get; init; }

    public double WeightDecay { get; init; }

    public override string Domain => "headroom";

    public override int Updates(int output) => output switch { 0 => 0, 1 => 2, 2 => 5, _ => -1 };

    public override bool Widens(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        OptimizerRules.InRange(Momentum, 0, 1, "momentum");
        OptimizerRules.InRange(WeightDecay, 0, double.MaxValue, "the weight decay");
        if (Nesterov && Momentum == 0) throw new GraphException("Nesterov's form needs a momentum greater than 0");
        if (Momentum != 0 && !s.Has(2)) throw new GraphException($"momentum is {Momentum} and the velocity (input 2) is missing");
        TensorType p = OptimizerRules.Parameter(s, 2);
        OptimizerRules.Scalar(s, 3, ElementType.Float32, "learning rate");
        if (s.Has(4)) OptimizerRules.Scalar(s, 4, ElementType.Float32, "gradient scale");
        if (s.Wants(1) && !s.Has(2)) throw new GraphException("the velocity is asked for as an output, but input 2, which it replaces, is missing");
        if (s.Wants(2) && !s.Has(5)) throw new GraphException("the bf16 copy is asked for as an output, but input 5, which it replaces, is missing");
        return [p, p, OptimizerRules.Copy(s, 5)];
    }

    public override Cost Cost(Signature s) => new(6.0 * s.Input(0).Elements, s.InputBytes - (s.Has(5) ? s.Input(5).Bytes : 0), s.OutputBytes);
}
