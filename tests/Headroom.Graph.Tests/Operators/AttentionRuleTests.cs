using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using static Headroom.Graph.Tests.Operators.Typed;

namespace Headroom.Graph.Tests.Operators;

public class AttentionRuleTests
{
    [Fact]
    public void Result_is_like_the_query()
    {
        Assert.Equal(F(2, 5, 12), Infer(new Attention { QueryHeads = 3 }, F(2, 5, 12), F(2, 7, 12), F(2, 7, 12))[0]);
        Assert.Equal(F(2, 3, 5, 4), Infer(new Attention(), F(2, 3, 5, 4), F(2, 3, 7, 4), F(2, 3, 7, 4), new TensorType(ElementType.Bool, 5, 7))[0]);
        Assert.Equal(F(2, 5, 3), Infer(new AttentionTraining { QueryHeads = 3 }, 2, F(2, 5, 12), F(2, 7, 12), F(2, 7, 12))[1]);
    }

    [Fact]
    public void Clashes_are_refused_with_their_values()
    {
        Refuses(new Attention(), [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12)], "q_num_heads is 0");
        Refuses(new Attention { QueryHeads = 5 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12)], "12", "5 heads");
        Refuses(new Attention { QueryHeads = 4, KeyHeads = 3 }, [F(2, 5, 12), F(2, 5, 9), F(2, 5, 9)], "4 query heads meet 3");
        Refuses(new Attention(), [F(2, 4, 5, 3), F(2, 3, 5, 3), F(2, 3, 5, 3)], "4 query heads meet 3");
        Refuses(new Attention(), [F(2, 4, 5, 3), F(2, 2, 5, 3), F(2, 4, 5, 3)], "differ in heads: 2 and 4");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 9), F(2, 5, 12)], "differ in width: 4 and 3");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 6, 12)], "differ in length: 5 and 6");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(3, 5, 12), F(3, 5, 12)], "differ in batch");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), F(2, 4)], "mask [2, 4]", "[2, 3, 5, 5]");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), F(5, 6)], "mask [5, 6]");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), null, F(2, 3, 1, 4)], "past_value", "missing");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), null, F(2, 3, 1, 5), F(2, 3, 1, 4)], "past_key is [2, 3, 1, 5]");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), null, null, null, I(3)], "nonpad_kv_seqlen is int64[3]", "int64[2]");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), null, F(2, 3, 1, 4), F(2, 3, 1, 4), I(2)], "nonpad_kv_seqlen", "past_key");
    }

    [Fact]
    public void Grouped_heads_and_a_past_have_their_own_extents()
    {
        TensorType[] types = Infer(new Attention { QueryHeads = 6, KeyHeads = 2 }, 4, F(2, 5, 24), F(2, 3, 8), F(2, 3, 10), null, F(2, 2, 7, 4), F(2, 2, 7, 5));
        Assert.Equal([F(2, 5, 30), F(2, 2, 10, 4), F(2, 2, 10, 5), F(2, 6, 5, 10)], types);
    }

    [Fact]
    public void Only_the_plain_form_goes_to_the_fast_kernels()
    {
        bool Plain(Attention op, params TensorType?[] inputs)
        {
            var b = new TypedBuilder("plain");
            b.Add(op, "node", [.. inputs.Select((t, i) => t is { } type ? b.Input(new Value($"x{i}"), type) : Value.None)], 1);
            return op.IsPlain(b.Signature(b.Nodes[0]));
        }
        TensorType q = F(2, 3, 5, 4);
        Assert.True(Plain(new Attention { IsCausal = true }, q, q, q));
        Assert.True(Plain(new Attention(), q, q, q, new TensorType(ElementType.Bool, 5, 5)));
        Assert.False(Plain(new Attention(), q, q, q, F(5, 4)));
        Assert.False(Plain(new Attention(), q, F(2, 1, 5, 4), F(2, 1, 5, 4)));
        Assert.False(Plain(new Attention(), q, q, F(2, 3, 5, 6)));
        Assert.False(Plain(new Attention { Softcap = 2 }, q, q, q));
        Assert.False(Plain(new Attention { LeftWindow = 2 }, q, q, q));
        Assert.False(Plain(new Attention(), q, F(2, 3, 0, 4), F(2, 3, 0, 4)));
        Assert.False(Plain(new Attention(), q, q, q, null, q, q));
    }

    [Fact]
    public void Attributes_survive_writing_and_reading()
    {
        var a = new OnnxAttributes(23);
        new Attention { QueryHeads = 6, IsCausal = true, Scale = 0.25f }.Write(a);
        var op = (Attention)Attention.Read(a);
        Assert.Equal((6L, 6L, true, 0.25f), (op.QueryHeads, op.KeyHeads, op.IsCausal, op.Scale));
        a = new OnnxAttributes(25);
        new Attention { Softcap = 3, SoftmaxPrecision = ElementType.Float64, ScoresOutput = AttentionScores.Masked, LeftWindow = 2, RightWindow = 0 }.Write(a);
        op = (Attention)Attention.Read(a);
        Assert.Equal((3f, ElementType.Float64, AttentionScores.Masked, 2L, 0L), (op.Softcap, op.SoftmaxPrecision, op.ScoresOutput, op.LeftWindow, op.RightWindow));
    }

    [Fact]
    public void Causal_attention_costs_half()
    {
        double Flops(bool causal)
        {
            var b = new TypedBuilder("cost");
            Value x = b.Input(new("x"), F(2, 128, 64));
            b.Add(new Attention { QueryHeads = 2, IsCausal = causal }, x, x, x);
            return b.Nodes[0].Operator.Cost(b.Signature(b.Nodes[0])).Flops;
        }
        const double products = 4.0 * 2 * 128 * 128 * 64, rest = 5.0 * 2 * 2 * 128 * 128;
        Assert.Equal(products + rest, Flops(false));
        Assert.Equal(products / 2 + rest, Flops(true));
    }
}
