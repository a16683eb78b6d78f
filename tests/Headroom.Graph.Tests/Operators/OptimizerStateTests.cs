using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;
using static Headroom.Graph.Tests.Operators.Typed;

namespace Headroom.Graph.Tests.Operators;

public sealed class OptimizerStateTests
{
    private static readonly TensorType Scalar = F(), Step = I();

    private static TensorType Bytes(params ReadOnlySpan<long> dims) => new(ElementType.UInt8, dims);

    /// <summary>Bytes of optimizer state of a training step.</summary>
    private static long StateBytes(OptimizerRule rule, string workload = "gpt")
    {
        Workload w = Workloads.Get(workload, 1);
        return w.Step(new TrainingStepOptions(rule)).Batch.States.Where(s => s.Kind == StateKind.OptimizerState).Sum(s => s.Type.Bytes);
    }

    [Fact]
    public void Adam_in_8_bits_keeps_codes_and_a_maximum_for_256_of_them()
    {
        Assert.Equal([F(30, 20), Bytes(30, 20), F(3), Bytes(30, 20), F(3)], Infer(new AdamW8Bit(), 5, F(30, 20), F(30, 20), Bytes(30, 20), F(3), Bytes(30, 20), F(3), Scalar, Step, Scalar));
        Assert.Equal([0, 2, 3, 4, 5, -1], Enumerable.Range(0, 6).Select(new AdamW8Bit().Updates));
        Refuses(new AdamW8Bit(), [F(600), F(600), F(600), F(3), Bytes(600), F(3), Scalar, Step], "(input 2) is fp32[600]", "uint8[600]");
        Refuses(new AdamW8Bit(), [F(600), F(600), Bytes(600), F(3), Bytes(600), F(2), Scalar, Step], "(input 5) is fp32[2]", "fp32[3]");
        Refuses(new AdamW8Bit { Beta2 = 1 }, [F(8), F(8), Bytes(8), F(1), Bytes(8), F(1), Scalar, Step], "beta2 is 1");
    }

    [Fact]
    public void Adam_in_8_bits_takes_at_most_27_hundredths_of_fp32_s_state()
    {
        double share = (double)StateBytes(new AdamW8BitRule()) / StateBytes(new AdamWRule());
        Assert.InRange(share, 0.2539, 0.27);
    }

    [Fact]
    public void Adafactor_s_state_is_next_to_none_and_Muon_s_half_for_hidden_layers()
    {
        double adamw = StateBytes(new AdamWRule());
        Assert.InRange(StateBytes(new AdafactorRule()) / adamw, 0, 0.003);
        // gpt: 10.6 of 17.0 million weights are hidden layers'.
        Assert.InRange(StateBytes(new MuonRule()) / adamw, 0.65, 0.72);
    }

    [Fact]
    public void Muon_takes_what_is_multiplied_but_the_head()
    {
        TypedGraph step = Workloads.Get("gpt", 1).Step(new TrainingStepOptions(new MuonRule())).Batch;
        string[] muon = [.. step.Nodes.Where(n => n.Operator is Muon).Select(n => n.Inputs[0].Name)];
        Assert.Equal(6 * 4, muon.Length);
        Assert.All(muon, n => Assert.Matches(@"^block\d\.(attention\.qkv|attention\.out|up|down)\.weight$", n));
        Assert.Equal(step.States.Count(s => s.Trainable) - muon.Length, step.Nodes.Count(n => n.Operator is AdamW));
    }

    [Fact] // as a table it is looked up, and as a head it is turned
    public void Muon_leaves_a_tied_head_alone()
    {
        TypedGraph step = Workloads.Get("llama", 1).Step(new TrainingStepOptions(new MuonRule()) { MicroBatches = 1 }).Batch;
        string[] muon = [.. step.Nodes.Where(n => n.Operator is Muon).Select(n => n.Inputs[0].Name)];
        Assert.Equal(12 * 7, muon.Length);
        Assert.DoesNotContain(muon, n => n.Contains("embed", StringComparison.Ordinal));
    }

    [Fact] // the head is frozen there: what comes before it is a hidden layer still
    public void Muon_takes_adapters_below_a_frozen_head()
    {
        TypedGraph step = Workloads.Get("llama-lora", 1).Step(new TrainingStepOptions(new MuonRule())).Batch;
        Assert.Equal(12 * 7 * 2, step.Nodes.Count(n => n.Operator is Muon));
    }

    [Fact]
    public void What_new_optimizers_can_t_update_is_refused()
    {
        Refuses(new Muon(), [F(8), F(8), F(8), Scalar], "updates matrices");
        Refuses(new Adafactor(), [F(8, 9), F(8, 9), F(8), F(8), Scalar, Step], "(input 3) is fp32[8]", "fp32[9]");
        Refuses(new Adafactor(), [F(8), F(8), F(8), F(8), Scalar, Step], "moments of columns");
        Refuses(new Adafactor { ClipUpdate = 0 }, [F(8), F(8), F(8), F(), Scalar, Step], "largest update is 0");
    }

    [Fact] // as bitsandbytes' min_8bit_size
    public void Small_tensors_keep_fp32_moments()
    {
        Workload w = Workloads.Get("gpt", 1);
        TypedGraph step = w.Step(new TrainingStepOptions(new AdamW8BitRule())).Batch;
        Assert.All(step.States.Where(s => s.Trainable), s => Assert.Equal(s.Type.Elements < 4096 ? typeof(AdamW) : typeof(AdamW8Bit), step.Nodes.Single(n => n.Outputs.Contains(s.Updated)).Operator.GetType()));
    }
}
