using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using static Headroom.Graph.Tests.Operators.Typed;

namespace Headroom.Graph.Tests.Operators;

public class RecurrentRuleTests
{
    [Fact]
    public void Layers_have_ONNX_shapes_in_both_layouts()
    {
        Assert.Equal([F(5, 1, 2, 4), F(1, 2, 4), F(1, 2, 4)], Infer(new LSTM(), 3, F(5, 2, 3), F(1, 16, 3), F(1, 16, 4)));
        Assert.Equal([F(5, 2, 2, 4), F(2, 2, 4)], Infer(new GRU { Direction = RecurrentDirection.Bidirectional }, 2, F(5, 2, 3), F(2, 12, 3), F(2, 12, 4)));
        Assert.Equal([F(2, 5, 1, 4), F(2, 1, 4)], Infer(new RNN { BatchFirst = true }, 2, F(2, 5, 3), F(1, 4, 3), F(1, 4, 4)));
    }

    [Fact]
    public void Clashes_are_refused_with_their_values()
    {
        Refuses(new LSTM(), [F(5, 2, 3), F(1, 12, 3), F(1, 16, 4)], "W is fp32[1, 12, 3]", "fp32[1, 16, 3]");
        Refuses(new GRU { HiddenSize = 5 }, [F(5, 2, 3), F(1, 12, 3), F(1, 12, 4)], "hidden_size is 5", "4 hidden");
        Refuses(new RNN { Direction = RecurrentDirection.Bidirectional }, [F(5, 2, 3), F(1, 4, 3), F(1, 4, 4)], "W is", "fp32[2, 4, 3]");
        Refuses(new RNN { Activations = [new(ActivationKind.Tanh), new(ActivationKind.Relu)] }, [F(5, 2, 3), F(1, 4, 3), F(1, 4, 4)], "2 activations", "1 are needed");
        Refuses(new LSTM(), [F(5, 2, 3), F(1, 16, 3), F(1, 16, 4), null, I(2)], "sequence_lens is int64[2]", "int32[2]");
    }

    [Fact]
    public void Activations_take_their_constants_in_turn()
    {
        var a = new OnnxAttributes(14);
        a.Set("activations", new[] { "hardsigmoid", "Tanh", "LeakyRelu" });
        a.Set("activation_alpha", new[] { 0.3f, 0.1f });
        a.Set("activation_beta", new[] { 0.6f });
        a.Set("direction", "reverse");
        a.Set("clip", 2f);
        var op = (LSTM)LSTM.Read(a);
        RecurrentActivation[] expected = [new(ActivationKind.HardSigmoid, 0.3f, 0.6f), new(ActivationKind.Tanh), new(ActivationKind.LeakyRelu, 0.1f)];
        Assert.Equal(expected, op.Activations);
        var written = new OnnxAttributes(14);
        op.Write(written);
        var again = (LSTM)LSTM.Read(written);
        Assert.Equal(expected, again.Activations);
        Assert.Equal((RecurrentDirection.Reverse, 2f), (again.Direction, again.Clip));
        var unknown = new OnnxAttributes(14);
        unknown.Set("activations", new[] { "Gelu" });
        Assert.Contains("'Gelu' is unknown", Assert.Throws<GraphException>(() => RNN.Read(unknown)).Message, StringComparison.Ordinal);
    }
}
