using Headroom.Evidence;
using Headroom.Graph;

namespace Headroom.Inference;

/// <summary>Feeds many rows to a model in chunks.</summary>
/// <param name="session">A model whose inputs and outputs all have the row as their first axis.</param>
/// <param name="rows">Rows in a chunk; a model with a fixed batch takes its own.</param>
public sealed class BatchRunner(OnnxSession session, int rows = 256)
{
    /// <summary>Rows in a chunk.</summary>
    public long Rows { get; } = session.Inputs.Where(i => i.Dimensions.Length > 0 && !i.HasFreeBatch).Select(i => (long?)i.Dimensions[0].Extent).FirstOrDefault()
        ?? (rows > 0 ? rows : throw new ArgumentOutOfRangeException(nameof(rows), rows, "a chunk has 1 row or more"));

    /// <summary>Runs all rows and puts each output's rows together.</summary>
    /// <param name="inputs">All with the same number of rows.</param>
    /// <exception cref="InputException">The inputs differ in rows, there are none, an output has no row axis, or as <see cref="OnnxSession"/> says.</exception>
    public IReadOnlyDictionary<string, TensorData> Run(IReadOnlyList<InferenceInput> inputs)
    {
        var parts = session.Outputs.ToDictionary(o => o.Name, _ => new MemoryStream());
        var types = new Dictionary<string, TensorType>();
        long total = Run(inputs, (_, count, outputs) =>
        {
            foreach (string name in outputs.Names)
            {
                TensorType type = types[name] = outputs.Type(name);
                if (type.Rank == 0 || type.Shape[0] < count) throw new InputException($"output '{name}'", $"it is {type} for {count} rows, so it has no row axis.", "Run the model as a whole.");
                parts[name].Write(outputs.Bytes(name)[..checked((int)(type.Bytes / type.Shape[0] * count))]);
            }
        });
        return parts.ToDictionary(p => p.Key, p => new TensorData(types[p.Key] with { Shape = types[p.Key].Shape.With(0, total) }, p.Value.ToArray()));
    }

    /// <summary>Runs all rows, chunk by chunk, and hands each chunk's outputs to a function without keeping them.</summary>
    /// <param name="inputs">All with the same number of rows.</param>
    /// <param name="chunk">Gets the first row, how many rows count (a fixed batch is filled up at the end), and the outputs.</param>
    /// <returns>The number of rows.</returns>
    public long Run(IReadOnlyList<InferenceInput> inputs, Action<long, long, InferenceOutputs> chunk)
    {
        if (inputs.Any(i => i.Type.Rank == 0)) throw new InputException($"input '{inputs.First(i => i.Type.Rank == 0).Name}'", "it is a scalar and has no rows.", "Run the model as a whole.");
        if (inputs.Select(i => i.Type.Shape[0]).Distinct().Count() > 1) throw new InputException("inputs", $"they differ in rows: {string.Join(", ", inputs.Select(i => $"{i.Name} {i.Type}"))}.", "Give each the same rows.");
        long total = inputs.Count == 0 ? 0 : inputs[0].Type.Shape[0];
        if (total == 0) throw new InputException("inputs", "there are no rows.", "Give at least one.");
        bool free = session.Inputs.All(i => i.HasFreeBatch);
        for (long first = 0; first < total; first += Rows)
        {
            long count = Math.Min(Rows, total - first);
            List<InferenceInput> part = [.. inputs.Select(i => i.Rows(first, count))];
            if (count < Rows && !free) part = [.. part.Select(Filled)];
            using InferenceOutputs outputs = session.Run(part);
            chunk(first, count, outputs);
        }
        return total;
    }

    /// <summary>The rows, then the last one again up to the fixed batch.</summary>
    private InferenceInput Filled(InferenceInput input)
    {
        TensorType type = input.Type with { Shape = input.Type.Shape.With(0, Rows) };
        var bytes = new byte[type.Bytes];
        input.Bytes.CopyTo(bytes);
        int row = checked((int)(type.Bytes / Rows));
        for (int at = input.Bytes.Length; at < bytes.Length; at += row) input.Bytes[^row..].CopyTo(bytes.AsSpan(at));
        return InferenceInput.Of(input.Name, new TensorData(type, bytes));
    }
}
