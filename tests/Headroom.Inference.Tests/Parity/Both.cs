using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Inference.Tests.Parity;

/// <summary>Runs a model here and under ONNX Runtime.</summary>
internal static class Both
{
    /// <summary>A value for each state: weights of either sign, statistics positive.</summary>
    public static TensorData StateValue(State s) => s.Initializer switch
    {
        Initializer.Given g => g.Data,
        _ when s.Kind == StateKind.Statistic => Feeds.Uniform(s.Value.Name, s.Type, 0.5, 1.5),
        _ => Feeds.Uniform(s.Value.Name, s.Type, -0.5, 0.5),
    };

    public static Dictionary<string, TensorData> Ours(Model model, IReadOnlyDictionary<string, TensorData> inputs, IReadOnlyDictionary<string, long>? bindings = null)
    {
        using var session = new Session();
        TypedGraph graph = Specialize.Run(model, bindings ?? new Dictionary<string, long>());
        Headroom.Runtime.Execution.Program program = session.Compile(graph);
        foreach (StateTensor s in session.States) StateValue(s.Declaration).Bytes.CopyTo(s.Bytes);
        foreach (TypedInput i in graph.Inputs)
        {
            TensorData data = inputs[i.Value.Name];
            Assert.Equal(i.Type, data.Type);
            Copy(program, i.Value, data);
        }
        program.Run();
        return model.Outputs.ToDictionary(o => o.Name, o => Read(program, o, graph.Type(o)));
    }

    public static IReadOnlyDictionary<string, TensorData> OnnxRuntime(byte[] file, IReadOnlyDictionary<string, TensorData> inputs)
    {
        using OnnxSession session = OnnxSession.Load(file, "m.onnx", new OnnxSessionOptions { Threads = 1 });
        return session.Run(inputs);
    }

    /// <summary>Within 1e-5 of the larger of an element and the tensor's root mean square; integers and bools exactly.</summary>
    public static void AssertClose(IReadOnlyDictionary<string, TensorData> expected, IReadOnlyDictionary<string, TensorData> actual, string where, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, TensorData e) in expected)
        {
            TensorData a = actual[name];
            Assert.True(e.Type == a.Type, $"{where}: '{name}' is {e.Type} there and {a.Type} here");
            double[] x = e.ToDoubles(), y = a.ToDoubles();
            double scale = e.Type.Element.IsFloat() ? Math.Sqrt(x.Where(double.IsFinite).Select(v => v * v).DefaultIfEmpty(0).Average()) : 0;
            for (int i = 0; i < x.Length; i++)
            {
                bool same = x[i].Equals(y[i]) || x[i] == y[i] || Math.Abs(x[i] - y[i]) <= tolerance * Math.Max(Math.Abs(x[i]), scale);
                Assert.True(same, $"{where}: '{name}'[{i}] is {x[i]:R} there and {y[i]:R} here");
            }
        }
    }

    public static byte[] Export(Model model, int opset) => OnnxWriter.ToBytes(model, StateValue, new OnnxWriteOptions { Opset = opset });

    private static void Copy(Headroom.Runtime.Execution.Program p, Value v, TensorData d)
    {
        switch (d.Type.Element.Size())
        {
            case 8: d.As<long>().CopyTo(p.Input<long>(v)); break;
            case 4: d.As<int>().CopyTo(p.Input<int>(v)); break;
            case 2: d.As<short>().CopyTo(p.Input<short>(v)); break;
            default: d.Bytes.CopyTo(p.Input<byte>(v)); break;
        }
    }

    private static TensorData Read(Headroom.Runtime.Execution.Program p, Value v, TensorType t) => t.Element.Size() switch
    {
        8 => TensorData.Of(t.Element, t.Shape, p.Output<long>(v)),
        4 => TensorData.Of(t.Element, t.Shape, p.Output<int>(v)),
        2 => TensorData.Of(t.Element, t.Shape, p.Output<short>(v)),
        _ => TensorData.Of(t.Element, t.Shape, p.Output<byte>(v)),
    };
}
