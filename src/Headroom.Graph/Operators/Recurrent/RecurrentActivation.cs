using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The functions that a recurrent cell may have; α and β are <see cref="RecurrentActivation.Alpha"/> and <see cref="RecurrentActivation.Beta"/>.</summary>
public enum ActivationKind
{
    /// <summary><c>1 / (1 + e^(-x))</c>.</summary>
    Sigmoid,

    Tanh,

    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>α x + β</c>.</summary>
    Affine,

    /// <summary><c>x</c>, below 0 <c>α x</c>.</summary>
    LeakyRelu,

    /// <summary><c>x</c>, below α 0.</summary>
    ThresholdedRelu,

    /// <summary><c>α tanh(β x)</c>.</summary>
    ScaledTanh,

    /// <summary><c>α x + β</c> within 0 and 1.</summary>
    HardSigmoid,

    /// <summary><c>x</c>, below 0 <c>α (e^x - 1)</c>.</summary>
    Elu,

    /// <summary><c>x / (1 + |x|)</c>.</summary>
    Softsign,

    /// <summary><c>log(1 + e^x)</c>.</summary>
    Softplus,
}

/// <summary>One activation of a recurrent cell.</summary>
public readonly record struct RecurrentActivation(ActivationKind Kind, float Alpha = 0, float Beta = 0)
{
    private bool TakesAlpha => Kind is ActivationKind.Affine or ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu or ActivationKind.ScaledTanh or ActivationKind.HardSigmoid or ActivationKind.Elu;

    private bool TakesBeta => Kind is ActivationKind.Affine or ActivationKind.ScaledTanh or ActivationKind.HardSigmoid;

    /// <summary>Reads ONNX's <c>activations</c>; the lists of α and β are used up in order by those functions that have one, as ONNX Runtime does.</summary>
    /// <returns>Empty where the file names none.</returns>
    internal static ImmutableArray<RecurrentActivation> Read(OnnxAttributes a)
    {
        float[] alphas = a.Floats("activation_alpha"), betas = a.Floats("activation_beta");
        if (!a.Has("activations")) return [];
        if (a.Values["activations"] is not string[] names) throw new GraphException("attribute 'activations' is no list of strings");
        int alpha = 0, beta = 0;
        var read = ImmutableArray.CreateBuilder<RecurrentActivation>();
        foreach (string name in names)
        {
            if (!Enum.TryParse(name, ignoreCase: true, out ActivationKind kind) || !Enum.IsDefined(kind) || char.IsDigit(name[0]))
                throw new GraphException($"activation '{name}' is unknown; {string.Join(", ", Enum.GetNames<ActivationKind>())} are known");
            RecurrentActivation f = Default(kind);
            if (f.TakesAlpha && alpha < alphas.Length) f = f with { Alpha = alphas[alpha++] };
            if (f.TakesBeta && beta < betas.Length) f = f with { Beta = betas[beta++] };
            read.Add(f);
        }
        return read.ToImmutable();
    }

    internal static void Write(OnnxAttributes a, ImmutableArray<RecurrentActivation> activations)
    {
        if (activations.IsDefaultOrEmpty) return;
        a.Set("activations", activations.Select(f => f.Kind.ToString()).ToArray());
        float[] alphas = [.. activations.Where(f => f.TakesAlpha).Select(f => f.Alpha)], betas = [.. activations.Where(f => f.TakesBeta).Select(f => f.Beta)];
        if (alphas.Length > 0) a.Set("activation_alpha", alphas);
        if (betas.Length > 0) a.Set("activation_beta", betas);
    }

    /// <summary>The function with the constants that ONNX's operator of the same name has by default.</summary>
    public static RecurrentActivation Default(ActivationKind kind) => kind switch
    {
        ActivationKind.Affine => new(kind, 1),
        ActivationKind.LeakyRelu => new(kind, 0.01f),
        ActivationKind.ThresholdedRelu or ActivationKind.Elu => new(kind, 1),
        ActivationKind.ScaledTanh => new(kind, 1, 1),
        ActivationKind.HardSigmoid => new(kind, 0.2f, 0.5f),
        _ => new(kind),
    };
}
