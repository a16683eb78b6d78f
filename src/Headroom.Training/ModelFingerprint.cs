using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Onnx;

namespace Headroom.Training;

/// <summary>A hash of what a model computes: nodes with their attributes, inputs, state and constants; not of its weights' present values.</summary>
public static class ModelFingerprint
{
    private const int Opset = 21;

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Of(Model model)
    {
        StringBuilder text = new();
        text.Append(model.Name).Append('\n');
        foreach (GraphInput i in model.Inputs) text.Append("input ").Append(i).Append('\n');
        foreach (State s in model.States) text.Append(CultureInfo.InvariantCulture, $"state {s.Value}: {s.Type} {s.Kind} {s.Trainable} {Start(s.Initializer)} {s.Updated}\n");
        foreach ((Value v, TensorData d) in model.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal)) text.Append("constant ").Append(v).Append(": ").Append(Data(d)).Append('\n');
        foreach (Node n in model.Nodes)
        {
            OnnxAttributes attributes = new(Opset) { InputCount = n.Inputs.Length, OutputCount = n.Outputs.Length };
            n.Operator.Write(attributes);
            text.Append(n.Operator.Domain).Append(' ').Append(n).Append('{');
            foreach ((string name, object value) in attributes.Values) text.Append(name).Append('=').Append(Show(value)).Append(';');
            text.Append("}\n");
        }
        text.Append("outputs ").AppendJoin(", ", model.Outputs);
        return ContentHash.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }

    // Where an initial value is given, it decides what a run from a seed ends with.
    private static string Start(Initializer initializer) => initializer.HasValues ? Data(initializer.Values()) : initializer.ToString();

    private static string Data(TensorData data) => data.Type + " " + Convert.ToHexStringLower(SHA256.HashData(data.Bytes));

    private static string Show(object value) => value switch
    {
        TensorData data => Data(data),
        long[] longs => string.Join(',', longs),
        float[] floats => string.Join(',', floats.Select(f => f.ToString("R", CultureInfo.InvariantCulture))),
        string[] texts => string.Join(',', texts),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
