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
        Refuses(new Attention { QueryHeads = 4, KeyHeads = 2 }, [F(2, 5, 12), F(2, 5, 6), F(2, 5, 6)], "4 query heads meet 2", "grouped-query");
        Refuses(new Attention(), [F(2, 4, 5, 3), F(2, 2, 5, 3), F(2, 2, 5, 3)], "grouped-query");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 9), F(2, 5, 12)], "differ in width: 12 and 9");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 6)], "6 and 12", "project");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 6, 12)], "differ in length: 5 and 6");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(3, 5, 12), F(3, 5, 12)], "differ in batch");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 0, 12), F(2, 0, 12)], "empty");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), F(2, 4)], "mask [2, 4]", "[2, 3, 5, 5]");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), I(5, 5)], "the mask is int64");
        Refuses(new Attention { QueryHeads = 3 }, [F(2, 5, 12), F(2, 5, 12), F(2, 5, 12), null, F(2, 3, 1, 4), F(2, 3, 1, 4)], "past");
        Assert.Contains("present", Assert.Throws<GraphException>(() => Infer(new Attention { QueryHeads = 3 }, 3, F(2, 5, 12), F(2, 5, 12), F(2, 5, 12))).Message, StringComparison.Ordinal);
        var capped = new OnnxAttributes(23);
        capped.Set("softcap", 30f);
        Assert.Contains("softcap", Assert.Throws<GraphException>(() => Attention.Read(capped)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_survive_writing_and_reading()
    {
        var a = new OnnxAttributes(23);
        new Attention { QueryHeads = 6, IsCausal = true, Scale = 0.25f }.Write(a);
        var op = (Attention)Attention.Read(a);
        Assert.Equal((6L, 6L, true, 0.25f), (op.QueryHeads, op.KeyHeads, op.IsCausal, op.Scale));
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
