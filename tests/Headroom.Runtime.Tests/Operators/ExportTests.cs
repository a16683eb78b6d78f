using System.Collections.Immutable;
using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Microsoft.ML.OnnxRuntime;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>What is exported gives the same under ONNX Runtime as here, at more batch sizes than one.</summary>
public class ExportTests
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string name in Nodes.Keys)
                foreach (int opset in name == "attention in 4-D" ? new[] { 15, 21 } : [15, 17, 21]) data.Add(name, opset);
            data.Add("attention packed, causal", 23);
            return data;
        }
    }

    private static readonly Dictionary<string, (Operator Op, long[][] Inputs)> Nodes = new()
    {
        ["conv"] = (new Conv { Strides = [2, 1], Pads = [1, 0, 2, 1], Dilations = [1, 2], Groups = 2 }, [[-1, 4, 9, 8], [6, 2, 3, 3], [6]]),
        ["conv auto_pad"] = (new Conv { AutoPad = AutoPad.SameLower }, [[-1, 2, 5, 6], [3, 2, 2, 4]]),
        ["max pool"] = (new MaxPool { KernelShape = [3, 2], Strides = [2, 2], Pads = [1, 0, 2, 1] }, [[-1, 2, 7, 9]]),
        ["max pool ceil"] = (new MaxPool { KernelShape = [3, 3], Strides = [2, 2], CeilMode = true }, [[-1, 2, 8, 6]]),
        ["average pool"] = (new AveragePool { KernelShape = [3, 2], Strides = [2, 2], Pads = [1, 0, 2, 1], CountIncludePad = true }, [[-1, 2, 7, 9]]),
        ["average pool without padding"] = (new AveragePool { KernelShape = [3, 2], Strides = [2, 1], Pads = [1, 1, 1, 0] }, [[-1, 2, 7, 9]]),
        ["global average pool"] = (new GlobalAveragePool(), [[-1, 3, 4, 5]]),
        ["batch norm"] = (new BatchNormalization { Epsilon = 1e-3f }, [[-1, 3, 4], [3], [3], [3], [3]]),
        ["layer norm"] = (new LayerNormalization(), [[-1, 5, 7], [7], [7]]),
        ["layer norm over two axes without bias"] = (new LayerNormalization { Axis = -2 }, [[-1, 5, 7], [5, 7]]),
        ["attention packed"] = (new Attention { QueryHeads = 2 }, [[-1, 5, 8], [-1, 6, 8], [-1, 6, 8]]),
        ["attention packed, causal"] = (new Attention { QueryHeads = 2, IsCausal = true }, [[-1, 5, 8], [-1, 5, 8], [-1, 5, 8]]),
        ["attention causal, more keys, masked"] = (new Attention { QueryHeads = 2, IsCausal = true, Scale = 0.7f }, [[-1, 3, 8], [-1, 6, 8], [-1, 6, 8], [-1, 1, 1, 6]]),
        ["attention in 4-D"] = (new Attention { IsCausal = true }, [[-1, 2, 5, 4], [-1, 2, 5, 4], [-1, 2, 5, 4]]),
        ["dropout"] = (new Dropout(), [[-1, 4]]),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Onnx_Runtime_agrees(string name, int opset)
    {
        (Operator op, long[][] dims) = Nodes[name];
        Value[] inputs = [.. dims.Select((_, i) => new Value($"x{i}"))];
        var model = new Model("exported")
        {
            Inputs = [.. dims.Select((d, i) => new GraphInput(inputs[i], ElementType.Float32, [.. d.Select(e => e < 0 ? (Dimension)"batch" : e)]))],
            Nodes = [new Node("node", op, [.. inputs], [new("y")])],
            Outputs = [new("y")],
        };
        using var ort = new InferenceSession(OnnxWriter.ToBytes(model, null, new OnnxWriteOptions { Opset = opset }));
        foreach (long batch in new[] { 1L, 3 })
        {
            TypedGraph graph = Specialize.Run(model, batch);
            using var session = new Session();
            Program program = session.Compile(graph);
            var feeds = new Dictionary<string, OrtValue>();
            for (int i = 0; i < inputs.Length; i++)
            {
                TensorType type = graph.Type(inputs[i]);
                float[] values = [.. Feed.Random(type, i + 1, 0.1, 2).Values.Select(v => (float)v)];
                values.CopyTo(program.Input<float>(inputs[i]));
                feeds[inputs[i].Name] = OrtValue.CreateTensorValueFromMemory(values, type.Shape.Dims.ToArray());
            }
            program.Run();
            using IDisposableReadOnlyCollection<OrtValue> results = ort.Run(new RunOptions(), feeds, ["y"]);
            float[] ours = program.Output<float>(new("y")).ToArray(), theirs = results[0].GetTensorDataAsSpan<float>().ToArray();
            Assert.Equal(graph.Type(new("y")).Shape.Dims.ToArray(), results[0].GetTensorTypeAndShape().Shape);
            for (int k = 0; k < ours.Length; k++) Assert.True(Math.Abs(ours[k] - theirs[k]) <= 1e-5 * Math.Max(1, Math.Abs(theirs[k])), $"element {k}: {ours[k]} here, {theirs[k]} under ONNX Runtime");
            foreach (OrtValue v in feeds.Values) v.Dispose();
        }
    }

    [Fact]
    public void Cross_entropy_agrees()
    {
        var op = new SoftmaxCrossEntropyLoss { IgnoreIndex = -1 };
        var model = new Model("loss")
        {
            Inputs = [new GraphInput(new("scores"), ElementType.Float32, [4, 5]), new GraphInput(new("labels"), ElementType.Int64, [4])],
            Nodes = [new Node("loss", op, [new("scores"), new("labels")], ImmutableArray.Create(new Value("y")))],
            Outputs = [new("y")],
        };
        float[] scores = [.. Feed.Random(new TensorType(ElementType.Float32, 4, 5), 1).Values.Select(v => (float)v)];
        long[] labels = [2, -1, 4, 0];
        using var ort = new InferenceSession(OnnxWriter.ToBytes(model));
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(scores, [4, 5]), y = OrtValue.CreateTensorValueFromMemory(labels, [4]);
        using IDisposableReadOnlyCollection<OrtValue> results = ort.Run(new RunOptions(), new Dictionary<string, OrtValue> { ["scores"] = x, ["labels"] = y }, ["y"]);
        using var session = new Session();
        Program program = session.Compile(Specialize.Run(model, 4));
        scores.CopyTo(program.Input<float>(new("scores")));
        labels.CopyTo(program.Input<long>(new("labels")));
        program.Run();
        Assert.Equal(results[0].GetTensorDataAsSpan<float>()[0], program.Output<float>(new("y"))[0], 1e-5);
    }
}
