using System.Collections.Immutable;
using System.IO.Enumeration;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>One adapter: <c>W + alpha / rank · A · B</c> stands for W.</summary>
/// <param name="Weight">The frozen weight's name.</param>
/// <param name="A">fp32 <c>[in, rank]</c>.</param>
/// <param name="B">fp32 <c>[rank, out]</c>, zeros at first.</param>
/// <param name="Transposed">W lies as <c>[out, in]</c>.</param>
/// <param name="Scale"><c>alpha / rank</c>.</param>
public sealed record Adapter(string Weight, string A, string B, bool Transposed, double Scale)
{
    /// <summary>The module that PEFT names the adapter by: the weight's name without <c>.weight</c>.</summary>
    public string Module => Weight.EndsWith(".weight", StringComparison.Ordinal) ? Weight[..^".weight".Length] : Weight;
}

/// <summary>A model with adapters, and how its states make up those of the model without.</summary>
/// <param name="Model">To be trained: all but the adapters and what is trained whole is frozen.</param>
/// <param name="Adapters">In the order of the nodes.</param>
/// <param name="Packed">How a frozen weight is kept, by its name; those that aren't here are kept as they were, or in bf16.</param>
public sealed record AdaptedModel(Model Model, ImmutableArray<Adapter> Adapters, ImmutableDictionary<string, BlockCode> Packed);

/// <summary>Low-rank adapters on the matrix products of any model.</summary>
/// <remarks>Hu et al., arXiv:2106.09685 (LoRA); over packed weights Dettmers et al., arXiv:2305.14314 (QLoRA).</remarks>
public static class LowRank
{
    /// <summary>Freezes a model and gives its products adapters.</summary>
    /// <exception cref="GraphException">A pattern fits no weight, the rank is out of range, or a weight has no values yet that could be packed.</exception>
    public static AdaptedModel Apply(Model model, LowRankOptions o)
    {
        if (o.Rank < 1) throw new GraphException($"an adapter's rank is {o.Rank}; 1 or more is needed");
        if (!double.IsFinite(o.Alpha) || o.Alpha <= 0) throw new GraphException($"an adapter's alpha is {o.Alpha}; a number above 0 is needed");
        var rewrite = new LowRankRewrite(model, o);
        return rewrite.Run();
    }

    /// <summary>The value that a state of the model without adapters has: frozen weights unpacked, and what their adapters learned added in fp32.</summary>
    /// <param name="adapted">What was trained.</param>
    /// <param name="state">A state of the model that <see cref="Apply"/> was given.</param>
    /// <param name="value">The value of a state of the adapted model, by name.</param>
    public static TensorData Merged(AdaptedModel adapted, State state, Func<string, TensorData> value)
    {
        string name = state.Value.Name;
        TensorData weight = adapted.Packed.TryGetValue(name, out BlockCode code)
            ? BlockPacking.Unpack(value(name + LowRankRewrite.PackedSuffix), value(name + LowRankRewrite.ScalesSuffix), code, state.Type.Shape)
            : value(name);
        Adapter? adapter = adapted.Adapters.FirstOrDefault(a => a.Weight == name);
        if (adapter is null && weight.Type == state.Type) return weight;
        float[] sum = weight.To(ElementType.Float32).As<float>().ToArray();
        if (adapter is not null) Add(adapter, value(adapter.A), value(adapter.B), sum, (int)state.Type.Shape[0], (int)state.Type.Shape[1]);
        return TensorData.Floats(state.Type.Shape, sum).To(state.Type.Element);
    }

    internal static bool Fits(string pattern, string weight)
        => pattern.Contains('*', StringComparison.Ordinal) ? FileSystemName.MatchesSimpleExpression(pattern, weight, ignoreCase: false) : weight.Contains(pattern, StringComparison.Ordinal);

    private static void Add(Adapter adapter, TensorData aData, TensorData bData, float[] weight, int rows, int columns)
    {
        int rank = (int)aData.Type.Shape[1], outputs = adapter.Transposed ? rows : columns;
        float[] a = aData.As<float>().ToArray(), b = bData.As<float>().ToArray();
        Parallel.For(0, rows, r =>
        {
            for (int c = 0; c < columns; c++)
            {
                (int input, int output) = adapter.Transposed ? (c, r) : (r, c);
                double sum = 0;
                for (int k = 0; k < rank; k++) sum += (double)a[(input * rank) + k] * b[(k * outputs) + output];
                weight[(r * columns) + c] += (float)(adapter.Scale * sum);
            }
        });
    }
}
