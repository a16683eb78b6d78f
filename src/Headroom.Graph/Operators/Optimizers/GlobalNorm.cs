namespace Headroom.Graph.Operators;

/// <summary>The Euclidean norm of all inputs together, <c>√Σ g²</c>: an fp32 scalar, summed in fp64 in a fixed order, so that it doesn't depend on the number of threads.</summary>
/// <remarks>Pascanu, Mikolov and Bengio, arXiv:1211.5063, algorithm 1.</remarks>
public sealed class GlobalNorm : Operator
{
    public override string Domain => "headroom";

    public override bool Widens(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        if (s.InputCount == 0) throw new GraphException("there is nothing to take a norm of");
        for (int i = 0; i < s.InputCount; i++)
            if (s.Input(i).Element is not (ElementType.Float32 or ElementType.BFloat16)) throw new GraphException($"input {i} is {s.Input(i)}; fp32 or bf16 is needed");
        return [new TensorType(ElementType.Float32)];
    }

    public override Cost Cost(Signature s)
    {
        double elements = 0;
        for (int i = 0; i < s.InputCount; i++) elements += s.Input(i).Elements;
        return new(2 * elements, s.InputBytes, s.OutputBytes);
    }
}

/// <summary>What gradients of this norm are multiplied by so that it stays below <see cref="MaxNorm"/>: <c>min(1, MaxNorm / (norm + 1e-6))</c>. Input and output: fp32 scalars.</summary>
/// <remarks>As PyTorch's <c>clip_grad_norm_</c>. A norm that is infinite gives 0, one that is NaN stays NaN.</remarks>
public sealed class ClipScale : Operator
{
    public double MaxNorm { get; init; } = 1;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        if (!(MaxNorm > 0)) throw new GraphException($"the largest norm is {MaxNorm}; it must be greater than 0");
        OptimizerRules.Scalar(s, 0, ElementType.Float32, "norm");
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 3);
}
