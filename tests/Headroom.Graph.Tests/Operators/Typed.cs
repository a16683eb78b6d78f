namespace Headroom.Graph.Tests.Operators;

/// <summary>Types one node, for tests of shape rules.</summary>
internal static class Typed
{
    public static TensorType[] Infer(Operator op, params TensorType?[] inputs) => Infer(op, 1, inputs);

    public static TensorType[] Infer(Operator op, int outputs, params TensorType?[] inputs)
    {
        var b = new TypedBuilder("typed");
        Value[] values = [.. inputs.Select((t, i) => t is { } type ? b.Input(new Value($"x{i}"), type) : Value.None)];
        return [.. b.Add(op, "node", values, outputs).Select(b.Type)];
    }

    public static TensorType F(params long[] dims) => new(ElementType.Float32, dims);

    public static TensorType I(params long[] dims) => new(ElementType.Int64, dims);

    /// <summary>The rule refuses, and its message holds every one of these.</summary>
    public static void Refuses(Operator op, TensorType?[] inputs, params string[] parts)
    {
        string message = Assert.Throws<GraphException>(() => Infer(op, inputs)).Message;
        Assert.StartsWith($"node 'node' ({op.Name}):", message, StringComparison.Ordinal);
        foreach (string part in parts) Assert.Contains(part, message, StringComparison.Ordinal);
    }
}
