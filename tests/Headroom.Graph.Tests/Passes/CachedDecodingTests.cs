using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Passes;

public class CachedDecodingTests
{
    private const int Length = 6, Width = 8;

    [Fact]
    public void An_encoder_is_refused_by_its_attention()
        => Assert.Contains("'mix' (Attention): lets a token see those behind it", Refusal((m, h) => m.AddNamed("mix", new Attention { QueryHeads = 2 }, h, h, h)), StringComparison.Ordinal);

    [Fact]
    public void A_mean_over_the_positions_is_refused_by_name()
        => Assert.Contains("'mix' (ReduceMean): computes a position from others", Refusal((m, h) => m.AddNamed("mix", new ReduceMean(), h, m.Constant(TensorData.Longs(1)))), StringComparison.Ordinal);

    [Fact]
    public void A_softmax_over_the_positions_is_refused_by_name()
        => Assert.Contains("'mix' (Softmax)", Refusal((m, h) => m.AddNamed("mix", new Softmax { Axis = 1 }, h)), StringComparison.Ordinal);

    [Fact]
    public void A_reversal_of_the_positions_is_refused_by_name()
    {
        Value Longs(ModelBuilder m, long v) => m.Constant(TensorData.Longs(v));
        Assert.Contains("'mix' (Slice)", Refusal((m, h) => m.AddNamed("mix", new Slice(), h, Longs(m, -1), Longs(m, -Length - 1), Longs(m, 1), Longs(m, -1))), StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_by_products_is_refused_by_name()
        => Assert.Contains("'mix' (MatMul)", Refusal((m, h) => m.AddNamed("mix", new MatMul(), h, m.Add(new Transpose { Permutation = [0, 2, 1] }, h))), StringComparison.Ordinal);

    [Fact]
    public void A_recurrence_is_refused_by_name()
    {
        Value Weight(ModelBuilder m, string name, params long[] dims) => m.Weight(name, Initializer.Zeros, dims);
        Assert.Contains("'mix' (GRU)", Refusal((m, h) => m.AddNamed("mix", new GRU { HiddenSize = Width }, m.Add(new Transpose { Permutation = [1, 0, 2] }, h), Weight(m, "w", 1, 3 * Width, Width), Weight(m, "r", 1, 3 * Width, Width))), StringComparison.Ordinal);
    }

    [Fact]
    public void Room_is_needed_where_the_model_takes_any_length()
    {
        var m = new ModelBuilder("any");
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", "length");
        Model model = m.Build(m.AddNamed("logits", new Identity(), m.Embedding(tokens, 5, 5, "table", Initializer.Zeros)));
        Assert.Contains("say for how many positions", Assert.Throws<GraphException>(() => CachedDecoding.Run(model)).Message, StringComparison.Ordinal);
        Assert.Equal(new TensorType(ElementType.Float32, 1, 1, 5), CachedDecoding.Run(model, new CachedDecodingOptions { Capacity = 9 }).Step.Type(new Value("logits")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Length + 1)]
    public void Room_for_more_positions_than_there_are_is_refused(long capacity)
        => Assert.Contains($"room for {capacity}", Assert.Throws<GraphException>(() => CachedDecoding.Run(Transformer.Decoder(new TransformerOptions { Length = Length, Width = Width, Heads = 2, Layers = 1 }), new CachedDecodingOptions { Capacity = capacity })).Message, StringComparison.Ordinal);

    [Fact]
    public void Behind_the_last_attention_a_piece_is_computed_for_its_last_token_alone()
    {
        Model model = Transformer.Decoder(new TransformerOptions { Vocabulary = 100, Length = 32, Width = Width, Heads = 2, Layers = 2 });
        TypedGraph prefill = CachedDecoding.Run(model, new CachedDecodingOptions { Chunk = 16 }).Prefill;
        TensorType[] products = [.. prefill.Nodes.Where(n => n.Operator is MatMul or Gemm).Select(n => prefill.Type(n.Outputs[0]))];
        Assert.Equal(100, products[^1].Shape[-1]);
        Assert.Equal(1, products[^1].Shape[1]);
        Assert.Equal(16, products[0].Shape[1]);
    }

    private static string Refusal(Func<ModelBuilder, Value, Value> mix)
    {
        var m = new ModelBuilder("mixing");
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", Length);
        Value h = mix(m, m.Embedding(tokens, 5, Width, "table", Initializer.Zeros));
        return Assert.Throws<GraphException>(() => CachedDecoding.Run(m.Build(m.AddNamed("logits", new Identity(), h)))).Message;
    }
}
