using System.Text;
using CsCheck;
using Headroom.Devices.Catalogue;
using Headroom.Graph.HuggingFace;
using Headroom.Planning.Models;
using Headroom.Planning.Training;

namespace Headroom.Planning.Tests.Training;

/// <summary>Held to the formulas of the papers, and to what must be so whatever the figures.</summary>
public sealed class TrainingEstimatorTests
{
    private const double Gibi = 1L << 30;

    internal static readonly TrainingRates Rates = new(0.75, 100, 0.7, 0.85, 0.8, 0.8);
    internal static readonly TrainingStack Stack = new("test", 20e-6, 1.2, 0.7);

    internal static TransformerShape Llama(int layers = 32, int hidden = 4096, int heads = 32, int keys = 8, int inner = 14336, int vocabulary = 128256) => TransformerShape.Of(ModelConfig.Parse(Encoding.UTF8.GetBytes(
        $$"""{"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":{{hidden}},"intermediate_size":{{inner}},"num_hidden_layers":{{layers}},"num_attention_heads":{{heads}},"num_key_value_heads":{{keys}},"vocab_size":{{vocabulary}},"rms_norm_eps":1e-5,"tie_word_embeddings":false}""")), "llama");

    private static TransformerShape Gpt3() => TransformerShape.Of(ModelConfig.Parse(Encoding.UTF8.GetBytes(
        """{"model_type":"gpt2","architectures":["GPT2LMHeadModel"],"n_embd":6144,"n_layer":48,"n_head":64,"n_positions":2048,"vocab_size":51200}""")), "22B");

    private static TrainingEstimator On(TrainingJob job, string device = "a100-80gb") => new(job, AcceleratorCatalogue.Default.Find(device), Rates, Stack, new MemoryOverhead(0, 0, 0));

    [Theory] // arXiv:2205.05198, equations 1 to 4, without its dropout masks: 32 of 34 bytes, and 8 of 10 outside of what tensor parallelism splits
    [InlineData(1, false, 32)]
    [InlineData(8, false, 8 + (24.0 / 8))]
    [InlineData(8, true, 32.0 / 8)]
    public void Activations_of_a_layer_are_the_papers(int tensor, bool sequence, double perElement)
    {
        TrainingJob job = new() { Shape = Gpt3(), Sequence = 2048 };
        double bytes = On(job).Memory(new TrainingLayout { Tensor = tensor, SequenceParallel = sequence, MicroBatch = 4 }).Activations;
        Assert.Equal(perElement * 2048 * 4 * 6144 * 48, bytes, 0.01 * bytes);
    }

    [Fact]
    public void Attention_that_writes_its_scores_keeps_five_bytes_of_each()
    {
        TrainingJob job = new() { Shape = Gpt3(), Sequence = 2048 };
        TrainingLayout one = new() { MicroBatch = 4 };
        double scores = On(job with { FusedAttention = false }).Memory(one).Activations - On(job).Memory(one).Activations;
        Assert.Equal(5.0 * 64 * 2048 * 2048 * 4 * 48, scores, 1e-6 * scores);
    }

    [Theory] // arXiv:1910.02054, table 1, with gradients and a master copy of four bytes: 18 a parameter
    [InlineData(0, 18)]
    [InlineData(1, 6 + (12.0 / 64))]
    [InlineData(2, 2 + (16.0 / 64))]
    public void States_are_sharded_as_zero_says(int zero, double perParameter)
    {
        TransformerShape m = Llama();
        TrainingMemory memory = On(new TrainingJob { Shape = m, Sequence = 4096 }).Memory(new TrainingLayout { Data = 64, Zero = zero });
        Assert.Equal(perParameter * m.Parameters, memory.Weights + memory.Gradients + memory.Optimizer, 1e-9 * m.Parameters);
    }

    [Fact]
    public void A_pipeline_waits_p_minus_one_of_m() // arXiv:2104.04473, section 2.2; a head as small as can be, so that all stages are alike
    {
        TrainingJob job = new() { Shape = Llama(layers: 64, vocabulary: 8), Sequence = 2048 };
        TrainingEstimator e = On(job);
        TrainingTime none = e.Time(new TrainingLayout { Accumulation = 32 }), four = e.Time(new TrainingLayout { Pipeline = 4, Accumulation = 32 }), twice = e.Time(new TrainingLayout { Pipeline = 4, Accumulation = 32, Interleave = 2 });
        double work = (none.Seconds - none.Update) / 4;
        Assert.Equal(3.0 / 32 * work, four.Bubble, 0.1 * four.Bubble);
        Assert.True(twice.Bubble < 0.75 * four.Bubble);
    }

    [Fact]
    public void The_floor_is_under_every_layout()
    {
        TransformerShape m = Llama();
        TrainingEstimator e = On(new TrainingJob { Shape = m, Sequence = 4096 });
        Layouts.Sample(l => Assert.True(e.FloorSeconds(l.Devices, l.Batch) <= e.Time(l).Seconds));
    }

    [Fact]
    public void More_of_anything_that_splits_holds_less_and_frozen_weights_need_less_of_all()
    {
        TransformerShape m = Llama();
        TrainingEstimator whole = On(new TrainingJob { Shape = m, Sequence = 4096 }), adapter = On(new TrainingJob { Shape = m, Sequence = 4096, AdapterParameters = 4e7 });
        Layouts.Sample(l =>
        {
            double bytes = whole.Memory(l).Total;
            Assert.True(double.IsFinite(bytes) && bytes > 0);
            // Of activations they keep more: what goes into an adapter beside what goes into the frozen matrix.
            Assert.True(States(adapter.Memory(l)) < States(whole.Memory(l)));
            Assert.True(adapter.Time(l).Seconds < whole.Time(l).Seconds);
            Assert.True(whole.Memory(l with { Tensor = l.Tensor * 2 }).Total < bytes + (0.1 * Gibi));
            Assert.True(whole.Memory(l with { Recompute = Recompute.Full }).Activations <= whole.Memory(l with { Recompute = Recompute.None }).Activations * 1.5);
        });
        static double States(TrainingMemory m) => m.Weights + m.Gradients + m.Optimizer;
    }

    private static readonly Gen<TrainingLayout> Layouts =
        from tensor in Gen.OneOf(1, 2, 4, 8)
        from pipeline in Gen.OneOf(1, 2, 4, 8)
        from data in Gen.OneOf(1, 2, 8, 64)
        from micro in Gen.Int[1, 4]
        from accumulation in Gen.Int[1, 16]
        from zero in Gen.Int[0, 3]
        from recompute in Gen.Enum<Recompute>()
        from sequence in Gen.Bool
        select new TrainingLayout { Tensor = tensor, Pipeline = pipeline, Data = data, MicroBatch = micro, Accumulation = accumulation, Zero = zero, Recompute = recompute, SequenceParallel = sequence && tensor > 1 };
}
