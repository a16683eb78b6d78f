using CsCheck;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Passes;

public sealed unsafe class LowRankTests
{
    private const int Classes = 8, Batch = 3;
    private static readonly TransformerOptions Options = new() { Vocabulary = Classes, Length = 6, Width = 16, Layers = 2, Heads = 2 };

    /// <summary>A decoder that has been trained, as a file would give it.</summary>
    private static Model Base { get; } = Given(Transformer.Decoder(Options));

    private static readonly LowRankOptions Adapters = new() { Rank = 4, Alpha = 8, Targets = ["attention.qkv", "up", "down"] };

    [Fact]
    public void At_first_the_model_is_what_it_was()
    {
        AdaptedModel adapted = LowRank.Apply(Base, Adapters);
        Assert.Equal(6, adapted.Adapters.Length);
        Assert.Equal(Logits(Base, _ => null), Logits(adapted.Model, _ => null));
    }

    [Fact]
    public void Only_adapters_and_what_is_trained_whole_change()
    {
        AdaptedModel adapted = LowRank.Apply(Base, Adapters with { Whole = ["head"] });
        Steps.Outcome before = Steps.Run(Step(adapted.Model, ElementType.Float32), 1, Classes), after = Steps.Run(Step(adapted.Model, ElementType.Float32), 9, Classes);
        string[] moved = [.. after.States.Where(s => !s.Value.SequenceEqual(before.States[s.Key])).Select(s => s.Key).Where(k => !k.Contains(".sgd.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] expected = [.. adapted.Adapters.SelectMany(a => new[] { a.A, a.B }).Append("head.weight").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, moved);
    }

    [Theory]
    [InlineData(BaseStorage.Same, ElementType.Float32)]
    [InlineData(BaseStorage.BFloat16, ElementType.Float32)]
    [InlineData(BaseStorage.Int8, ElementType.Float32)]
    [InlineData(BaseStorage.Nf4, ElementType.Float32)]
    [InlineData(BaseStorage.Nf4, ElementType.BFloat16)]
    [InlineData(BaseStorage.BFloat16, ElementType.BFloat16)]
    public void Merged_it_gives_what_it_gave_with_adapters_apart(BaseStorage storage, ElementType compute)
    {
        AdaptedModel adapted = LowRank.Apply(Base, Adapters with { Base = storage });
        Dictionary<string, TensorData> trained = Train(adapted.Model, compute, 12, out float first, out float last);
        Assert.True(last < first - 0.05, $"the loss went from {first} to {last}");
        float[] apart = Logits(adapted.Model, s => trained[s.Value.Name]), merged = Logits(Base, s => LowRank.Merged(adapted, s, n => trained[n]));
        for (int i = 0; i < apart.Length; i++) Assert.Equal(apart[i], merged[i], 1e-3 * Math.Max(1, Math.Abs(apart[i])));
    }

    [Fact] // an adapter beside the head would change the embedding too, once merged
    public void A_table_that_is_the_head_too_gets_no_adapter_and_is_kept_in_bf16()
    {
        var options = new LlamaOptions { Vocabulary = Classes, Length = 6, Width = 16, Layers = 1, Heads = 2, Hidden = 24, TiedHead = true };
        Model model = Given(Llama.Decoder(options));
        AdaptedModel adapted = LowRank.Apply(model, new LowRankOptions { Rank = 2, Base = BaseStorage.Nf4 });
        Assert.Equal(7, adapted.Adapters.Length);
        Assert.DoesNotContain(adapted.Adapters, a => a.Weight.Contains("embed", StringComparison.Ordinal));
        Assert.Equal(ElementType.BFloat16, adapted.Model.States.Single(s => s.Value.Name == "model.embed_tokens.weight").Type.Element);
        foreach (ElementType compute in new[] { ElementType.Float32, ElementType.BFloat16 })
        {
            Dictionary<string, TensorData> trained = Train(adapted.Model, compute, 8, out float first, out float last);
            Assert.True(last < first, $"the loss went from {first} to {last}");
            float[] apart = Logits(adapted.Model, s => trained[s.Value.Name]), merged = Logits(model, s => LowRank.Merged(adapted, s, n => trained[n]));
            for (int i = 0; i < apart.Length; i++) Assert.Equal(apart[i], merged[i], 1e-3 * Math.Max(1, Math.Abs(apart[i])));
        }
        Assert.Contains("is called 'embed_tokens'", Refused(model, new LowRankOptions { Rank = 2, Targets = ["embed_tokens"] }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_weight_that_lies_transposed_gets_its_adapter_too(bool transposed)
    {
        var m = new ModelBuilder("gemm");
        Value weight = m.Weight("fc.weight", new Initializer.Normal(0, 0.3), transposed ? 5 : 7, transposed ? 7 : 5), bias = m.Weight("fc.bias", Initializer.FanIn(7), 5);
        Model model = Given(m.Build(m.AddNamed("logits", new Gemm { TransposeB = transposed, Alpha = 0.5f }, m.Input("x", ElementType.Float32, "batch", 7), weight, bias)));
        AdaptedModel adapted = LowRank.Apply(model, new LowRankOptions { Rank = 2, Alpha = 3 });
        var random = new Philox(9, 1);
        TensorData Value(State s)
        {
            var values = new float[s.Type.Elements];
            random.FillNormal(values, (ulong)s.Value.Name.Length * 100, 0, 1);
            return s.Value.Name.Contains("lora", StringComparison.Ordinal) ? TensorData.Floats(s.Type.Shape, values) : ((Initializer.Given)s.Initializer).Data;
        }
        var given = adapted.Model.States.ToDictionary(s => s.Value.Name, Value);
        float[] apart = Logits(adapted.Model, s => given[s.Value.Name]), merged = Logits(model, s => LowRank.Merged(adapted, s, n => given[n])), before = Logits(model, _ => null);
        for (int i = 0; i < apart.Length; i++) Assert.Equal(apart[i], merged[i], 1e-5);
        Assert.NotEqual(before, merged);
    }

    [Fact]
    public void Packed_weights_are_unpacked_for_each_pass_and_never_kept_between()
    {
        foreach (ElementType compute in new[] { ElementType.Float32, ElementType.BFloat16 })
        {
            TypedGraph step = Step(LowRank.Apply(Base, Adapters with { Base = BaseStorage.Nf4 }).Model, compute);
            Node[] unpacked = [.. step.Nodes.Where(n => n.Operator is UnpackBlocks)];
            // The first layer needs no gradient by its input: nothing before it is trained.
            Assert.Equal(6 + 5, unpacked.Length);
            // Straight to what the products take.
            Assert.All(unpacked, n => Assert.Equal(compute, step.Type(n.Outputs[0]).Element));
            Assert.DoesNotContain(step.Nodes, n => n.Operator is Cast && unpacked.Any(u => u.Outputs[0] == n.Inputs[0]));
            int loss = step.Nodes.ToList().FindIndex(n => n.Outputs.Contains(Objectives.Loss));
            foreach (Node u in unpacked)
            {
                int at = step.Nodes.IndexOf(u);
                Assert.All(Enumerable.Range(0, step.Nodes.Length).Where(i => step.Nodes[i].Inputs.Contains(u.Outputs[0])), i => Assert.Equal(at < loss, i < loss));
            }
        }
    }

    [Fact] // the names of the copies must not clash
    public void What_is_unpacked_again_can_be_made_again_once_more_under_a_budget()
    {
        TypedGraph step = Step(LowRank.Apply(Base, Adapters with { Base = BaseStorage.Int8 }).Model, ElementType.Float32);
        var times = new Probes.NodeTimes(new Dictionary<string, double>(), new Dictionary<string, double> { [""] = 1 });
        RecomputeChoice smallest = Recompute.Run(step, 0, n => times.Of(n, step), Session.Plan);
        Assert.NotEmpty(smallest.Dropped);
        Assert.Equal(Steps.Run(step, 3, Classes).Losses, Steps.Run(smallest.Graph, 3, Classes).Losses);
    }

    [Fact]
    public void Blocks_come_back_within_half_a_step_and_the_kernel_gives_what_the_definition_does()
    {
        Gen.Select(Gen.Int[1, 400], Gen.Enum<BlockCode>(), Gen.Bool, Gen.ULong).Sample((n, code, half, seed) =>
        {
            var values = new float[n];
            new Philox(seed, 1).FillNormal(values, 0, 0, 3);
            (TensorData packed, TensorData scales) = BlockPacking.Pack(TensorData.Floats(new Shape(n), values), code);
            float[] expected = BlockPacking.Unpack(packed, scales, code, new Shape(n)).As<float>().ToArray();
            // Half the widest gap between two neighbours of the code.
            double widest = code == BlockCode.Int8 ? 0.5 / 127 : (0.6961928009986877 - 1) / -2;
            for (int i = 0; i < n; i++) Assert.InRange(Math.Abs(values[i] - expected[i]), 0, scales.As<float>()[i / BlockPacking.Block] * widest * 1.0001);
            var y = new byte[n * 4];
            fixed (byte* p = packed.Bytes, s = scales.Bytes, target = y) Unpacking.Run(code, p, (float*)s, target, half ? ScalarType.BFloat16 : ScalarType.Float32, n);
            for (int i = 0; i < n; i++)
            {
                double found = Numbers.Read(half ? ElementType.BFloat16 : ElementType.Float32, y.AsSpan(i * (half ? 2 : 4)));
                Assert.Equal(expected[i], found, (half ? 1.0 / 256 : 1e-6) * Math.Abs(expected[i]) + 1e-30);
            }
        }, iter: 200);
    }

    [Fact]
    public void What_can_t_be_adapted_is_refused_by_name()
    {
        Assert.Contains("is called 'k_proj'; there are block0.attention.qkv.weight", Refused(Base, Adapters with { Targets = ["k_proj"] }), StringComparison.Ordinal);
        Assert.Contains("rank 17 is no smaller than weight 'block0.attention.qkv.weight' [16, 48]", Refused(Base, Adapters with { Rank = 17 }), StringComparison.Ordinal);
        Assert.Contains("rank is 0", Refused(Base, Adapters with { Rank = 0 }), StringComparison.Ordinal);
        Assert.Contains("alpha is NaN", Refused(Base, Adapters with { Alpha = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("has no values yet", Refused(Transformer.Decoder(Options), Adapters with { Base = BaseStorage.Nf4 }), StringComparison.Ordinal);
        Assert.Contains("only finite weights", Assert.Throws<GraphException>(() => BlockPacking.Pack(TensorData.Floats(new Shape(2), 1, float.NaN), BlockCode.Nf4)).Message, StringComparison.Ordinal);
    }

    private static string Refused(Model model, LowRankOptions options) => Assert.Throws<GraphException>(() => LowRank.Apply(model, options)).Message;

    private static TypedGraph Step(Model model, ElementType compute)
        => Steps.Build(Objectives.NextToken(model, Options.Length, Options.Vocabulary), Batch, new TrainingStepOptions(new SgdRule { Momentum = 0.9 }) { Compute = compute }).Batch;

    /// <summary>The model with the values that a session gives it.</summary>
    private static Model Given(Model model)
    {
        using var session = new Session();
        session.Compile(Specialize.Run(model, 1));
        session.Initialize(seed: 7);
        return model with { States = [.. model.States.Select(s => s with { Initializer = new Initializer.Given(session.State(s.Value.Name).ToData()) })] };
    }

    private static Dictionary<string, TensorData> Train(Model model, ElementType compute, int steps, out float first, out float last)
    {
        using var session = new Session();
        Execution.Program program = session.Compile(Step(model, compute));
        session.Initialize(seed: 3);
        first = last = 0;
        for (int i = 0; i < steps; i++)
        {
            Tokens(program, Objectives.Labels, 2);
            Tokens(program, new Value("tokens"), 1);
            program.Input<float>(TrainingStep.LearningRate)[0] = 0.1f;
            program.Run();
            last = program.Output<float>(Objectives.Loss)[0];
            if (i == 0) first = last;
        }
        return model.States.ToDictionary(s => s.Value.Name, s => session.State(s.Value.Name).ToData());
    }

    private static float[] Logits(Model model, Func<State, TensorData?> value)
    {
        using var session = new Session();
        Model given = model with { States = [.. model.States.Select(s => value(s) is TensorData d ? s with { Initializer = new Initializer.Given(d) } : s)] };
        using Execution.Program program = session.Compile(Specialize.Run(given, Batch));
        session.Initialize(seed: 3);
        if (model.Inputs[0].Element == ElementType.Int64) Tokens(program, model.Inputs[0].Value, 1);
        else new Philox(5, 1).FillNormal(program.Input<float>(model.Inputs[0].Value), 0, 0, 1);
        program.Run();
        return program.Output<float>(model.Outputs[0]).ToArray();
    }

    private static void Tokens(Execution.Program program, Value input, ulong stream)
    {
        var philox = new Philox(5, stream);
        Span<long> values = program.Input<long>(input);
        for (int k = 0; k < values.Length; k++) values[k] = (long)(philox.UniformDoubleAt((ulong)k * 2) * Classes);
    }
}
