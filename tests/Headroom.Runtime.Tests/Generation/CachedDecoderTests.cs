using System.Globalization;
using Headroom.Evidence;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Generation;

namespace Headroom.Runtime.Tests.Generation;

public sealed class CachedDecoderTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    /// <summary>How many prompts are tried: <c>HEADROOM_PROMPTS=1000</c> for more.</summary>
    private static readonly int Prompts = int.Parse(Environment.GetEnvironmentVariable("HEADROOM_PROMPTS") ?? "100", CultureInfo.InvariantCulture);

    /// <summary>What was found over many prompts.</summary>
    private sealed record Found(int Prompts, int Tokens, int EqualTexts, double Largest, double CachedError, double UncachedError);

    [Fact]
    public void Cached_greedy_writing_equals_uncached_over_prompts_of_random_length()
    {
        Found found = Compare(m => m);
        output.WriteLine($"fp32: {found}");
        Assert.Equal(found.Prompts, found.EqualTexts);
        Assert.True(found.Largest < Tolerance, $"{found}");
    }

    [Fact] // Both round to bf16, 8 bits, at other places, so logits differ, and the text where two tokens are close. The cache adds no error of its own: both are as far from fp32.
    public void Cached_writing_in_bf16_is_as_close_to_fp32_as_uncached()
    {
        Found found = Compare(m => MixedPrecision.Run(m, ElementType.BFloat16));
        output.WriteLine($"bf16: {found}");
        Assert.InRange(found.CachedError / found.UncachedError, 0, 1.1);
    }

    /// <summary>Both ways over the same tokens, which are the uncached one's choice: logits at each step, texts where all choices are the same, and root mean square distances to the fp32 model's logits.</summary>
    private static Found Compare(Func<Model, Model> form)
    {
        (int tokens, int equal, long logits) = (0, 0, 0);
        (double largest, double cachedError, double uncachedError) = (0, 0, 0);
        const int each = 10;
        int prompts = Prompts;
        for (int d = 0; d * each < prompts; d++)
        {
            Model model = Decoders.Draw(d);
            using var session = new Session();
            using var exact = new TokenSampler(session, model);
            using var whole = new TokenSampler(session, form(model));
            using var cached = new CachedDecoder(session, form(model), new CachedDecodingOptions { Chunk = 1 + d % 9 });
            session.Initialize((ulong)d);
            var random = new Philox((ulong)d, 77);
            for (int p = 0; p < Math.Min(each, prompts - d * each); p++)
            {
                ulong at = (ulong)p * 1000;
                var context = new List<int>();
                int length = 1 + (int)(random.UniformDoubleAt(at) * (cached.Capacity - 1));
                for (int i = 0; i < length; i++) context.Add((int)(random.UniformDoubleAt(at + 1 + (ulong)i) * cached.Vocabulary));
                cached.Clear();
                bool same = true;
                int[] fresh = [.. context];
                while (context.Count < cached.Capacity && context.Count < length + 12)
                {
                    float[] a = cached.Read(fresh).ToArray(), b = whole.Logits(context).ToArray(), c = exact.Logits(context).ToArray();
                    for (int i = 0; i < a.Length; i++)
                    {
                        largest = Math.Max(largest, float.IsFinite(a[i] - b[i]) ? Math.Abs((double)a[i] - b[i]) : double.PositiveInfinity);
                        cachedError += ((double)a[i] - c[i]) * ((double)a[i] - c[i]);
                        uncachedError += ((double)b[i] - c[i]) * ((double)b[i] - c[i]);
                    }
                    int next = Sampling.Likeliest(b);
                    same &= next == Sampling.Likeliest(a);
                    (tokens, logits) = (tokens + 1, logits + a.Length);
                    context.Add(next);
                    fresh = [next];
                }
                if (same) equal++;
            }
        }
        return new Found(prompts, tokens, equal, largest, Math.Sqrt(cachedError / logits), Math.Sqrt(uncachedError / logits));
    }

    [Fact]
    public void Generate_writes_what_uncached_generation_writes()
    {
        Model model = Decoders.Rows(40, 64, 4, 2, 16, 2);
        using var session = new Session();
        using var whole = new TokenSampler(session, model);
        using var cached = new CachedDecoder(session, model);
        session.Initialize(3);
        foreach (SamplingOptions o in (SamplingOptions[])[new() { Temperature = 0 }, new() { Seed = 5 }, new() { Seed = 6, Temperature = 0.7, TopK = 8 }, new() { Seed = 7, TopP = 0.8 }])
            Assert.Equal(whole.Generate([1, 2, 3], 50, o), cached.Generate([1, 2, 3], 50, o));
    }

    [Fact]
    public void A_stop_token_ends_the_text_and_a_full_cache_does_not()
    {
        Model model = Decoders.Draw(0);
        using var session = new Session();
        using var cached = new CachedDecoder(session, model);
        session.Initialize(3);
        int[] text = [.. cached.Generate([1], 3 * cached.Capacity, new SamplingOptions { Seed = 1 })];
        Assert.Equal(3 * cached.Capacity, text.Length);
        Assert.Equal(text, cached.Generate([1], text.Length, new SamplingOptions { Seed = 1 }));
        Assert.Equal(text.TakeWhile(t => t != text[9]), cached.Generate([1], text.Length, new SamplingOptions { Seed = 1, Stop = [text[9]] }));
    }

    [Theory]
    [InlineData(1, ElementType.Float32)]
    [InlineData(3, ElementType.Float32)]
    [InlineData(2, ElementType.BFloat16)]
    public void The_caches_take_what_the_formula_says(int batch, ElementType element)
    {
        const int layers = 3, heads = 4, keyHeads = 2, width = 12, length = 30, capacity = 23;
        Model model = Decoders.Rows(17, length, heads, keyHeads, width, layers);
        if (element != ElementType.Float32) model = MixedPrecision.Run(model, element);
        DecodingGraphs graphs = CachedDecoding.Run(model, new CachedDecodingOptions { Batch = batch, Capacity = capacity });
        var predicted = new KeyValueCache(layers, batch, keyHeads, capacity, width, element);
        Assert.Equal(2L * layers * batch * keyHeads * capacity * width * element.Size(), predicted.Bytes.Value);
        Assert.Equal(predicted.Bytes.Value, graphs.CacheBytes);
        using var session = new Session();
        using Execution.Program prefill = session.Compile(graphs.Prefill), step = session.Compile(graphs.Step);
        Assert.Equal(predicted.Bytes.Value, session.States.Where(s => s.Declaration.Kind == StateKind.Cache).Sum(s => (long)s.Bytes.Length));
        long weights = model.States.Sum(s => ArenaLayout.Align(s.Type.Bytes));
        Assert.Equal(predicted.Allocated.Value, session.StateBytes - weights);
    }

    [Fact]
    public void Several_texts_are_written_at_once()
    {
        const int batch = 3, length = 20, vocabulary = 17;
        Model model = Decoders.Rows(vocabulary, length, 2, 1, 8, 2, headNorms: true);
        DecodingGraphs graphs = CachedDecoding.Run(model, new CachedDecodingOptions { Batch = batch, Chunk = 8 });
        using var session = new Session();
        using Execution.Program whole = session.Compile(Specialize.Run(model, batch)), prefill = session.Compile(graphs.Prefill), step = session.Compile(graphs.Step);
        session.Initialize(1);
        long Token(int b, int t) => (b * 7 + t * t) % vocabulary;
        for (int i = 0; i < batch * length; i++) whole.Input<long>(graphs.Tokens)[i] = Token(i / length, i % length);
        whole.Run();
        float[] expected = whole.Output<float>(whole.Graph.Outputs[0]).ToArray();
        void Same(Execution.Program program, int at)
        {
            float[] found = program.Output<float>(program.Graph.Outputs[0]).ToArray();
            for (int b = 0; b < batch; b++)
                for (int v = 0; v < vocabulary; v++) Assert.Equal(expected[(b * length + at) * vocabulary + v], found[b * vocabulary + v], 1e-4f);
        }
        // Six of eight rows count.
        for (int i = 0; i < batch * 8; i++) prefill.Input<long>(graphs.Tokens)[i] = Token(i / 8, i % 8);
        for (int t = 0; t < 8; t++) prefill.Input<long>(CachedDecoding.Positions)[t] = t;
        prefill.Input<long>(CachedDecoding.Last)[0] = 5;
        prefill.Run();
        Same(prefill, 5);
        for (int t = 6; t < length; t++)
        {
            for (int b = 0; b < batch; b++) step.Input<long>(graphs.Tokens)[b] = Token(b, t);
            step.Input<long>(CachedDecoding.Positions)[0] = t;
            step.Run();
            Same(step, t);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_read()
    {
        using var session = new Session();
        using var cached = new CachedDecoder(session, Decoders.Draw(0), new CachedDecodingOptions { Capacity = 5 });
        session.Initialize(1);
        Assert.Contains("room for 5", Assert.Throws<InputException>(() => cached.Generate([1, 2, 3, 4, 5, 6], 1)).Message, StringComparison.Ordinal);
        cached.Read(1, 2, 3);
        Assert.Throws<InputException>(() => { cached.Read(1, 2, 3); });
        Assert.Throws<InputException>(() => { cached.Read(); });
        Assert.Equal([1, 2, 3], cached.Tokens);
    }
}
