using System.Runtime.InteropServices;
using Headroom.Data.Tables;
using Headroom.Graph;
using Headroom.Inference;

namespace Headroom.Cli.Stages;

/// <summary>The test part, as an exported file under ONNX Runtime sees it.</summary>
internal sealed class TestRows(OnnxSession session, Part test)
{
    /// <summary>The model's first output of <paramref name="count"/> rows from row <paramref name="from"/> on.</summary>
    public ReadOnlyMemory<float> Predict(int from, int count)
    {
        ReadOnlySpan<int> rows = test.Rows.AsSpan(from, count);
        var inputs = new List<InferenceInput>();
        foreach (TensorInfo info in session.Inputs)
        {
            Field field = test.Table.Fields[test.Table.IndexOf(info.Name)];
            var shape = new Shape([count, .. field.RowShape.Select(d => (long)d)]);
            inputs.Add(info.Element == ElementType.Int64 ? InferenceInput.Of(info.Name, shape, Values<long>(info.Name, rows)) : InferenceInput.Of(info.Name, shape, Values<float>(info.Name, rows)));
        }
        using InferenceOutputs outputs = session.Run(inputs);
        return outputs.Span<float>(session.Outputs[0].Name).ToArray();
    }

    /// <summary>A field's values of some rows.</summary>
    public T[] Values<T>(string field, ReadOnlySpan<int> rows) where T : unmanaged
    {
        int index = test.Table.IndexOf(field);
        var values = new T[rows.Length * test.Table.Fields[index].RowElements];
        test.Table.CopyRows(rows, index, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
