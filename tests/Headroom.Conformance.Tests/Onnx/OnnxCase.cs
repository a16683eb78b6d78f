using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Conformance.Tests.Onnx;

/// <summary>Two values differ.</summary>
internal sealed class Mismatch(string message) : Exception(message);

/// <summary>Runs a model on given inputs and compares with given outputs.</summary>
internal static class OnnxCase
{
    // The ONNX project's own tolerances (onnx/backend/test/case/model and node: rtol 1e-3, atol 1e-7); the halves get two units in the last place where that is more.
    private const double Relative = 1e-3, Absolute = 1e-7, BFloat16 = 1.0 / 64, Float16 = 1.0 / 512;

    /// <param name="file">The model.</param>
    /// <param name="inputs">Files with the inputs, in the graph's order; null for a ramp.</param>
    /// <param name="outputs">Files with the outputs, in the graph's order.</param>
    public static void Run(string file, string[]? inputs, string[] outputs)
    {
        Model model = OnnxReader.Read(file);
        Dictionary<Value, TensorData> feeds = Feeds(model, inputs);
        Dictionary<string, long> bindings = [];
        foreach (GraphInput input in model.Inputs)
            for (int axis = 0; axis < input.Dimensions.Length; axis++)
                if (input.Dimensions[axis].Name is string name && axis < feeds[input.Value].Type.Rank) bindings[name] = feeds[input.Value].Type.Shape[axis];
        Dictionary<Value, TensorData> values = ShapeBearing.Inputs(model).ToDictionary(i => i.Value, i => feeds[i.Value]);
        TypedGraph graph = Specialize.Run(model, bindings, values);
        using var session = new Session();
        Runtime.Execution.Program program = session.Compile(graph);
        session.Initialize(seed: 0);
        foreach (TypedInput input in graph.Inputs)
        {
            TensorData data = feeds[input.Value];
            if (data.Type != input.Type) throw new Mismatch($"input '{input.Value}' is {input.Type}, the case gives {data.Type}");
            if (program.Takes(input.Value)) data.Bytes.CopyTo(program.InputBytes(input.Value));
        }
        program.Run();
        for (int i = 0; i < outputs.Length; i++)
        {
            Value output = model.Outputs[i];
            Compare(output.Name, OnnxTensorFile.Read(outputs[i]).Data, new TensorData(graph.Type(output), program.OutputBytes(output).ToArray()));
        }
    }

    /// <summary>A value for each input of a model.</summary>
    public static Dictionary<Value, TensorData> Feeds(Model model, string[]? inputs)
    {
        if (inputs is not null && inputs.Length < model.Inputs.Length) throw new Mismatch($"the model has {model.Inputs.Length} inputs, {inputs.Length} are given");
        return model.Inputs.Select((input, i) => (input, i)).ToDictionary(x => x.input.Value, x => inputs is null ? Ramp(x.input) : OnnxTensorFile.Read(inputs[x.i]).Data);
    }

    /// <summary>What the ONNX project feeds its light networks: 0, 1/n, 2/n ...</summary>
    private static TensorData Ramp(GraphInput input)
    {
        TensorType type = input.Resolve(input.Dimensions.Where(d => d.Name is not null).Select(d => d.Name!).Distinct().ToDictionary(n => n, _ => 1L));
        return TensorData.Floats(type.Shape, [.. Enumerable.Range(0, (int)type.Elements).Select(i => (float)((double)i / type.Elements))]);
    }

    /// <param name="relative">What floats may differ by, relative to the expected value; the ONNX project's own tolerance where it isn't given.</param>
    public static void Compare(string name, TensorData expected, TensorData found, double relative = Relative)
    {
        if (expected.Type != found.Type) throw new Mismatch($"output '{name}' is {found.Type}, {expected.Type} is expected");
        double[] e = expected.ToDoubles(), f = found.ToDoubles();
        relative = Math.Max(relative, expected.Type.Element switch { ElementType.BFloat16 => BFloat16, ElementType.Float16 => Float16, _ => 0 });
        bool exact = !expected.Type.Element.IsFloat();
        if (exact && expected.Bytes.SequenceEqual(found.Bytes)) return;
        int wrong = 0, first = -1;
        for (int i = 0; i < e.Length; i++)
        {
            bool same = e[i].Equals(f[i]) || e[i] == f[i] || (!exact && Math.Abs(e[i] - f[i]) <= Absolute + relative * Math.Abs(e[i]));
            if (same) continue;
            if (wrong++ == 0) first = i;
        }
        if (exact && wrong == 0) throw new Mismatch($"output '{name}' {expected.Type}: integers beyond 2^53 differ");
        if (wrong > 0) throw new Mismatch(FormattableString.Invariant($"output '{name}' {expected.Type}: {wrong} of {e.Length} elements differ, the first at {first}: {f[first]:R}, {e[first]:R} is expected"));
    }
}
