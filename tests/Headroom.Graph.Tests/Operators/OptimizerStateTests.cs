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

    [Fact] // as bitsandbytes' min_8bit_size
    public void Small_tensors_keep_fp32_moments()
    {
        Workload w = Workloads.Get("gpt", 1);
        TypedGraph step = w.Step(new TrainingStepOptions(new AdamW8BitRule())).Batch;
        Assert.All(step.States.Where(s => s.Trainable), s => Assert.Equal(s.Type.Elements < 4096 ? typeof(AdamW) : typeof(AdamW8Bit), step.Nodes.Single(n => n.Outputs.Contains(s.Updated)).Operator.GetType()));
    }
}
