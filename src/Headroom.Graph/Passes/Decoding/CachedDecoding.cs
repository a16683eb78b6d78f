namespace Headroom.Graph.Passes;

/// <summary>
/// Turns a causal decoder over whole sequences, <c>tokens: int64[batch, length] → logits [batch, length, vocabulary]</c>, into one that takes a few tokens at a time: keys and values of those before stay in caches
/// <c>[batch, heads, capacity, width]</c> that are written in place. Every logit is what the whole model gives, up to rounding.
/// </summary>
/// <remarks>Each operator says how it goes along (<see cref="Operator.Decode"/>). Where only the last token's logits are wanted, all behind the last attention is computed for that token alone.</remarks>
public static class CachedDecoding
{
    /// <summary>The positions of the tokens fed, int64; each below the capacity.</summary>
    public static Value Positions { get; } = new("headroom.positions");

    /// <summary>Which of a piece's tokens is the last, int64 <c>[1]</c>.</summary>
    public static Value Last { get; } = new("headroom.last");

    /// <param name="model">In its inference form; its first output are the logits.</param>
    /// <param name="options">Batch and capacity.</param>
    /// <exception cref="GraphException">The model is no decoder, or a node mixes positions in another way than causal attention; the node is named.</exception>
    public static DecodingGraphs Run(Model model, CachedDecodingOptions? options = null)
    {
        options ??= new CachedDecodingOptions();
        if (options.Batch < 1 || options.Chunk < 1) throw new GraphException($"a batch of {options.Batch} and pieces of {options.Chunk} tokens are asked for; 1 or more of each are needed");
        if (model.Inputs is not [GraphInput { Element: ElementType.Int64, Dimensions: [var batch, var length] } tokens])
            throw new GraphException($"model '{model.Name}' is no decoder over tokens alone: its inputs are {string.Join(", ", model.Inputs)}, one of int64[batch, length] is needed");
        long whole = length.Name is null ? length.Extent : options.Capacity ?? throw new GraphException($"input '{tokens}' takes any length; say for how many positions there is to be room");
        long capacity = options.Capacity ?? whole;
        if (capacity < 1 || capacity > whole) throw new GraphException($"room for {capacity} positions is asked for; the model has {whole}");
        if (batch.Name is null && batch.Extent != options.Batch) throw new GraphException($"input '{tokens}' is fixed at a batch of {batch}, {options.Batch} is asked for");
        // One position alone can't be told from the extents of 1 beside it.
        if (whole < 2) throw new GraphException($"input '{tokens}' has {whole} positions; a decoder has 2 or more");
        var bindings = new Dictionary<string, long>();
        if (length.Name is not null) bindings[length.Name] = whole;
        if (batch.Name is not null) bindings[batch.Name] = options.Batch;
        TypedGraph full = Specialize.Run(model, bindings);
        long chunk = Math.Min(options.Chunk, capacity);
        (TypedGraph step, DecodingRewrite made) = Build(full, 1, capacity, -1, more: false);
        TypedGraph prefill = Build(full, chunk, capacity, made.LastCached, more: true).Graph;
        return new DecodingGraphs(prefill, step, tokens.Value, capacity, chunk, [.. made.Caches]);
    }

    private static (TypedGraph Graph, DecodingRewrite Rewrite) Build(TypedGraph full, long count, long capacity, int lastCached, bool more)
    {
        TypedInput tokens = full.Inputs[0];
        var b = new TypedBuilder(full.Name);
        b.Input(tokens.Value, new TensorType(ElementType.Int64, tokens.Type.Shape[0], count));
        b.Input(Positions, new TensorType(ElementType.Int64, count));
        if (more) b.Input(Last, new TensorType(ElementType.Int64, 1));
        foreach (State state in full.States) b.State(state with { Updated = Value.None });
        HashSet<Value> made = [.. full.Nodes.SelectMany(n => n.Outputs)];
        foreach ((Value value, TensorData data) in full.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal)) if (!made.Contains(value)) b.Constant(value, data);
        var rewrite = new DecodingRewrite(full, tokens, b, tokens.Value, Positions, more ? Last : Value.None, count, capacity);
        if (lastCached < 0) rewrite.Narrow();
        for (int i = 0; i < full.Nodes.Length; i++)
        {
            rewrite.Run(i);
            if (i == lastCached) rewrite.Narrow();
        }
        if (rewrite.Result(full.Outputs[0]) is not var (logits, axis) || axis is not { Axis: 1, Outer: 1 } || b.Type(logits) is not { Rank: 3 } type || !type.Element.IsFloat())
            throw new GraphException($"model '{full.Name}' is no decoder: '{full.Outputs[0]}' is {full.Type(full.Outputs[0])}, scores [batch, length, vocabulary] that follow the tokens are needed");
        return (b.Build(logits), rewrite);
    }
}
