namespace Headroom.Graph.Operators;

/// <summary>What the optimizers' operators ask of their inputs.</summary>
internal static class OptimizerRules
{
    /// <summary>Checks parameter, gradient and moments: fp32, but the gradient may be bf16.</summary>
    public static TensorType Parameter(Signature s, params ReadOnlySpan<int> moments)
    {
        TensorType p = s.Input(0), g = s.Input(1);
        if (p.Element != ElementType.Float32) throw new GraphException($"the parameter is {p}; optimizers update fp32 weights: keep an fp32 master beside a 16-bit copy");
        if (g.Shape != p.Shape || g.Element is not (ElementType.Float32 or ElementType.BFloat16)) throw new GraphException($"the gradient is {g}; for a parameter {p} it is fp32 or bf16 of that shape");
        foreach (int i in moments) if (s.Has(i) && s.Input(i) != p) throw new GraphException($"the optimizer state (input {i}) is {s.Input(i)}, the parameter {p}");
        return p;
    }

    /// <summary>Checks a state that has another type than its parameter.</summary>
    public static void State(Signature s, int input, TensorType wanted)
    {
        if (s.Input(input) != wanted) throw new GraphException($"the optimizer state (input {input}) is {s.Input(input)}; for a parameter {s.Input(0)} it is {wanted}");
    }

    /// <summary>Checks what all forms of Adam are set by.</summary>
    public static void Adam(double beta1, double beta2, double epsilon, double weightDecay)
    {
        InRange(beta1, 0, Math.BitDecrement(1.0), "beta1");
        InRange(beta2, 0, Math.BitDecrement(1.0), "beta2");
        InRange(epsilon, 0, double.MaxValue, "epsilon");
        InRange(weightDecay, 0, double.MaxValue, "the weight decay");
    }

    public static void Scalar(Signature s, int input, ElementType element, string name)
    {
        if (s.Input(input).Element != element || s.Input(input).Elements != 1) throw new GraphException($"the {name} is {s.Input(input)}; one {element.ShortName()} number is needed");
    }

    /// <summary>The bf16 copy of the weights; where there is none, the type that it would have.</summary>
    public static TensorType Copy(Signature s, int input)
    {
        var wanted = new TensorType(ElementType.BFloat16, s.Input(0).Shape);
        return !s.Has(input) || s.Input(input) == wanted ? wanted : throw new GraphException($"the weights' copy is {s.Input(input)}; {wanted} is needed");
    }

    public static void InRange(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high)) throw new GraphException($"{name} is {value}; it lies in [{low}, {high}]");
    }
}
