using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>What a node's operator may know: the types of its inputs, the values of those that are constant, which outputs are wanted, and, once inferred, their types.</summary>
public sealed class Signature(TensorType?[] inputs, TensorData?[] constants, bool[] wanted)
{
    /// <summary>The signature of a node among values whose types and constants are known.</summary>
    internal static Signature Of(Node node, Func<Value, TensorType> type, Func<Value, TensorData?> constant, bool withOutputs)
    {
        TensorType?[] inputs = [.. node.Inputs.Select(v => v.Exists ? type(v) : (TensorType?)null)];
        TensorData?[] constants = [.. node.Inputs.Select(v => v.Exists ? constant(v) : null)];
        var signature = new Signature(inputs, constants, [.. node.Outputs.Select(o => o.Exists)]) { Operator = node.Operator };
        if (!withOutputs) return signature;
        // One that nobody reads has a type all the same: a cost may be counted by it.
        TensorType[] all = node.Outputs.All(o => o.Exists) ? [] : node.Operator.Infer(signature);
        return signature.With([.. node.Outputs.Select((o, i) => o.Exists ? type(o) : i < all.Length ? all[i] : default)]);
    }

    /// <summary>The same inputs, with the types that the shape rule gave.</summary>
    internal Signature With(TensorType[] outputs) => new(inputs, constants, wanted) { Outputs = [.. outputs], Operator = Operator };

    /// <summary>What an elementwise kernel sees of channels-last images: all tensors of four axes as <c>[batch, height, width, channels]</c>.</summary>
    public Signature Turned() => new([.. inputs.Select(t => t is TensorType type ? Turned(type) : (TensorType?)null)], constants, wanted) { Outputs = [.. Outputs.Select(Turned)], Operator = Operator };

    private static TensorType Turned(TensorType t) => t.Rank == 4 ? new TensorType(t.Element, new Shape(t.Shape[0], t.Shape[2], t.Shape[3], t.Shape[1])) : t;

    /// <summary>Whose signature it is, for messages.</summary>
    private Operator? Operator { get; init; }

    /// <summary>An input as messages call it: by ONNX's name where the operator has one.</summary>
    public string NameOf(int input) => Operator is not null && Onnx.OnnxInputNames.Of(Operator, input) is { } name ? $"'{name}'" : $"{input}";

    /// <summary>Empty until the shape rule has run.</summary>
    public ImmutableArray<TensorType> Outputs { get; init; } = [];

    public int InputCount => inputs.Length;

    public int OutputCount => wanted.Length;

    /// <summary>Whether an optional input is there.</summary>
    public bool Has(int input) => input < inputs.Length && inputs[input] is not null;

    /// <summary>Whether anybody reads an output.</summary>
    public bool Wants(int output) => output < wanted.Length && wanted[output];

    /// <exception cref="GraphException">The input is absent.</exception>
    public TensorType Input(int i) => Has(i) ? inputs[i]!.Value : throw new GraphException($"input {NameOf(i)} is missing");

    public TensorType Output(int i) => Outputs[i];

    /// <summary>The value of an input where it is known before the run, else null.</summary>
    public TensorData? Constant(int i) => i < constants.Length ? constants[i] : null;

    /// <summary>The integers of a shape-bearing input.</summary>
    /// <exception cref="GraphException">The input is computed from data, which a static plan can't have.</exception>
    public long[] Longs(int i, string what) => Known(i, what).ToLongs();

    /// <summary>The numbers of a shape-bearing input, of any type.</summary>
    /// <exception cref="GraphException">The input is computed from data, which a static plan can't have.</exception>
    public double[] Doubles(int i, string what) => Known(i, what).ToDoubles();

    private TensorData Known(int i, string what)
        => Constant(i) ?? throw new GraphException($"{what} (input {NameOf(i)}) {(Has(i) ? "is computed from data; here it must be known before the run. Give a value to the graph input that it comes from, fold it to a constant, or export the model with fixed shapes" : "is missing")}");

    /// <summary>Bytes of all inputs that are there.</summary>
    public long InputBytes => inputs.Sum(t => t?.Bytes ?? 0);

    /// <summary>Bytes of all outputs that are wanted.</summary>
    public long OutputBytes
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < Outputs.Length; i++) if (Wants(i)) sum += Outputs[i].Bytes;
            return sum;
        }
    }

    /// <exception cref="GraphException">The input has another rank.</exception>
    public void RequireRank(int input, int rank, string name)
    {
        if (Input(input).Rank != rank) throw new GraphException($"input '{name}' has rank {Input(input).Rank} {Input(input)}, {rank} is needed");
    }

    /// <exception cref="GraphException">The two inputs differ in element type.</exception>
    public void RequireSameElement(int a, int b)
    {
        if (Input(a).Element != Input(b).Element) throw new GraphException($"inputs {NameOf(a)} and {NameOf(b)} differ in type: {Input(a)} and {Input(b)}; cast one");
    }
}
