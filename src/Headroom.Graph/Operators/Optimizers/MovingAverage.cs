namespace Headroom.Graph.Operators;

/// <summary>
/// <c>average = d · average + (1 - d) · weight</c>, in the average's own buffer, with <c>d = min(Decay, (1 + step) / (10 + step))</c>, so that short runs are averaged over what there was, and d = 0 at the first step. Inputs: average (fp32), weight (fp32), step (int64 scalar, 1 for the first).
/// </summary>
/// <remarks>Polyak and Juditsky, SIAM J. Control Optim. 30(4), 1992; the warm-up is TensorFlow's <c>ExponentialMovingAverage</c>.</remarks>
public sealed class MovingAverage : Operator
{
    /// <summary>How much of the average stays, in [0, 1).</summary>
    public double Decay { get; init; } = 0.999;

    public override string Domain => "headroom";

    public override int Updates(int output) => 0;

    public override TensorType[] Infer(Signature s)
    {
        if (!(Decay is >= 0 and < 1)) throw new GraphException($"the decay of an average is {Decay}; a number from 0 to less than 1 is needed");
        if (s.Input(1) != s.Input(0)) throw new GraphException($"the average is {s.Input(0)}, the weight {s.Input(1)}; they must be alike");
        OptimizerRules.Scalar(s, 2, ElementType.Int64, "step");
        return [OptimizerRules.Parameter(s)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 3);

    /// <summary>How much of the average stays at a step.</summary>
    public double DecayAt(long step) => step <= 1 ? 0 : Math.Min(Decay, (1.0 + step) / (10.0 + step));
}
