using Headroom.Graph;

namespace Headroom.Inference.Tests.Parity;

/// <summary>Random tensors by name: the same name and type give the same numbers.</summary>
internal static class Feeds
{
    public static TensorData Normal(string name, TensorType type) => Make(name, type, r => Math.Sqrt(-2 * Math.Log(1 - r.NextDouble())) * Math.Cos(2 * Math.PI * r.NextDouble()));

    public static TensorData Uniform(string name, TensorType type, double low, double high) => Make(name, type, r => low + (high - low) * r.NextDouble());

    /// <summary>Integers in [low, high).</summary>
    public static TensorData Integers(string name, TensorType type, int low, int high) => Make(name, type, r => r.Next(low, high));

    private static TensorData Make(string name, TensorType type, Func<Random, double> next)
    {
        var random = new Random(name.Aggregate(17, (h, c) => unchecked(h * 31 + c)));
        int size = type.Element.Size();
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < bytes.Length; i += size) Numbers.Write(type.Element, next(random), bytes.AsSpan(i, size));
        return new TensorData(type, bytes);
    }
}
