using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Generation;

/// <summary>Small decoders of several kinds, with random weights.</summary>
internal static class Decoders
{
    public const int Kinds = 6;

    /// <summary>A decoder drawn by a seed; kinds take turns.</summary>
    public static Model Draw(int seed)
    {
        // A plain linear generator is enough for a choice of sizes.
        uint state = (uint)(seed * 2654435761u + 12345);
        int Pick(params int[] from) => from[(state = (state * 1664525) + 1013904223) / 65536 % from.Length];
        int width = Pick(8, 12, 16), heads = Pick(2, 4), layers = Pick(1, 2, 3), length = Pick(20, 33, 64), vocabulary = Pick(11, 40, 97);
        return (seed % Kinds) switch
        {
            0 => Transformer.Decoder(new TransformerOptions { Vocabulary = vocabulary, Length = length, Width = width * heads, Layers = layers, Heads = heads, Dropout = 0.1 }),
            1 => Rows(vocabulary, length, heads, heads / 2, width, layers),
            2 => Rows(vocabulary, length, heads, 1, width, layers, headNorms: true, window: 7),
            3 => Apart(vocabulary, length, heads, width, layers),
            4 => Llama.Decoder(new LlamaOptions { Vocabulary = vocabulary, Length = length, Width = width * heads, Layers = layers, Heads = heads, KeyHeads = heads / 2, Hidden = 3 * width, HeadNorms = true, Biases = true, TiedHead = layers == 2, Deviation = 0.5, RotaryScaling = new RotaryScaling() }),
            _ => Gpt2.Decoder(new Gpt2Options { Vocabulary = vocabulary, Positions = length + 3, Length = length, Width = width * heads, Layers = layers, Heads = heads, Deviation = 0.5 }),
        };
    }

    /// <summary>Tokens as rows <c>[batch · length, width]</c>, rotary positions from a table, shared heads of key and value, gated layers, and where asked norms of each head: what Llama, Mistral and Qwen are made of.</summary>
    public static Model Rows(int vocabulary, int length, int heads, int keyHeads, int headWidth, int layers, bool headNorms = false, int window = -1)
    {
        var m = new ModelBuilder("rows");
        int width = heads * headWidth;
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", length);
        Value places = m.Add(new Expand(), m.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(1, length), [.. Enumerable.Range(0, length).Select(i => (long)i)])), m.Add(new ShapeOf(), tokens));
        Value cosines = m.Constant(Turns(length, headWidth / 2, Math.Cos)), sines = m.Constant(Turns(length, headWidth / 2, Math.Sin));
        Value Dense(Value x, int inputs, int outputs, string name) => m.Add(new Gemm { TransposeB = true }, x, m.Weight(name, Initializer.FanIn(inputs), outputs, inputs));
        Value Norm(Value x, int size, string name) => m.Add(new RMSNormalization(), x, m.Weight(name, Initializer.Ones, size));
        Value table = m.Weight("table", new Initializer.Normal(0, 1), vocabulary, width), h = m.Reshape(m.Add(new Gather(), table, tokens), -1, width);
        for (int i = 0; i < layers; i++)
        {
            using IDisposable scope = m.Scope($"layer{i}");
            Value x = Norm(h, width, "norm1");
            Value Heads(string name, int count, bool turned)
            {
                Value y = Dense(x, width, count * headWidth, name);
                if (headNorms && turned) y = Norm(m.Reshape(y, -1, headWidth), headWidth, name + "_norm");
                y = m.Reshape(y, -1, length, count * headWidth);
                return turned ? m.Add(new RotaryEmbedding { Heads = count }, y, cosines, sines, places) : y;
            }
            Value a = m.Add(new Attention { QueryHeads = heads, KeyHeads = keyHeads, IsCausal = true, LeftWindow = window }, Heads("q", heads, true), Heads("k", keyHeads, true), Heads("v", keyHeads, false));
            h = m.Add(new Add(), h, Dense(m.Reshape(a, -1, width), width, width, "o"));
            x = Norm(h, width, "norm2");
            h = m.Add(new Add(), h, Dense(m.Add(new Mul(), m.Add(new Sigmoid(), Dense(x, width, 2 * width, "gate")), Dense(x, width, 2 * width, "up")), 2 * width, width, "down"));
        }
        Value scores = m.Add(new Gemm { TransposeB = true }, Norm(h, width, "norm"), table);
        return m.Build(m.AddNamed("logits", new Reshape(), scores, m.Constant(TensorData.Longs(-1, length, vocabulary))));
    }

    /// <summary>Heads apart <c>[batch, heads, length, width]</c> by transposes, as exporters write attention; a slice of a longer table of positions; a cap on the scores; logits through a softmax's logarithm.</summary>
    public static Model Apart(int vocabulary, int length, int heads, int headWidth, int layers)
    {
        var m = new ModelBuilder("apart");
        int width = heads * headWidth;
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", length);
        Value Longs(params long[] values) => m.Constant(TensorData.Longs(values));
        Value positions = m.Add(new Slice(), m.Weight("positions", new Initializer.Normal(0, 1), length + 5, width), Longs(0), Longs(length), Longs(0));
        Value h = m.Add(new Add(), m.Embedding(tokens, vocabulary, width, "token", new Initializer.Normal(0, 1)), positions);
        for (int i = 0; i < layers; i++)
        {
            using IDisposable scope = m.Scope($"layer{i}");
            Value x = m.LayerNorm(h, width, "norm");
            Value Heads(string name) => m.Add(new Transpose { Permutation = [0, 2, 1, 3] }, m.Reshape(m.Linear(x, width, width, name), 0, length, heads, headWidth));
            Value a = m.Add(new Attention { IsCausal = true, Softcap = 3, Scale = 0.4f }, Heads("q"), Heads("k"), Heads("v"));
            a = m.Reshape(m.Add(new Transpose { Permutation = [0, 2, 1, 3] }, a), 0, length, width);
            h = m.Add(new Add(), h, m.Linear(m.Add(new Concat { Axis = -1 }, a, m.Gelu(x)), 2 * width, width, "out"));
        }
        return m.Build(m.AddNamed("logits", new LogSoftmax(), m.Linear(h, width, vocabulary, "head")));
    }

    private static TensorData Turns(int length, int half, Func<double, double> of)
        => TensorData.Floats(new Shape(length, half), [.. Enumerable.Range(0, length * half).Select(i => (float)of(i / half * Math.Pow(100, -(double)(i % half) / half)))]);
}
