namespace Headroom.Graph;

/// <summary>How a state tensor gets its first value.</summary>
public abstract record Initializer
{
    private Initializer() { }

    /// <summary>Every element the same.</summary>
    public sealed record Constant(double Value) : Initializer;

    /// <summary>Uniform in [<paramref name="Low"/>, <paramref name="High"/>).</summary>
    public sealed record Uniform(double Low, double High) : Initializer;

    /// <summary>Normal with the given mean and standard deviation.</summary>
    public sealed record Normal(double Mean, double StandardDeviation) : Initializer;

    /// <summary>Given values: a weight read from a file.</summary>
    public sealed record Given(TensorData Data) : Initializer;

    /// <summary>Values that lie elsewhere, as in a file, and are fetched each time that they are wanted: so they needn't be in memory twice.</summary>
    /// <param name="Type">What <paramref name="Read"/> gives.</param>
    /// <param name="Read">Fetches them.</param>
    public sealed record Stored(TensorType Type, Func<TensorData> Read) : Initializer;

    /// <summary>Half-precision copy of another state tensor, kept in step with it (the bf16 weights beside fp32 masters).</summary>
    public sealed record CopyOf(string Source) : Initializer;

    /// <summary>Whether the values are there already, and not drawn.</summary>
    public bool HasValues => this is Given or Stored;

    /// <summary>The values, where there are some already.</summary>
    /// <exception cref="GraphException">They are drawn when a session starts.</exception>
    public TensorData Values() => this switch
    {
        Given given => given.Data,
        Stored stored => stored.Read(),
        _ => throw new GraphException($"it has no values yet: it starts as {this}"),
    };

    public static Initializer Zeros { get; } = new Constant(0);

    public static Initializer Ones { get; } = new Constant(1);

    /// <summary>PyTorch's default for linear and convolution layers: U(±1/√fanIn), which is Kaiming uniform with a = √5.</summary>
    /// <remarks>He et al., arXiv:1502.01852, eq. 14 with gain √(2 / (1 + a²)).</remarks>
    public static Initializer FanIn(long fanIn)
    {
        double bound = 1 / Math.Sqrt(fanIn);
        return new Uniform(-bound, bound);
    }
}
