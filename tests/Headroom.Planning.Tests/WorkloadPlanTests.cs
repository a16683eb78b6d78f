using Headroom.Evidence.Documents;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Planning.Tests;

/// <summary>The plan's graph bytes are what the session allocates, to the byte.</summary>
public sealed class WorkloadPlanTests
{
    // Small batches: what is compared is bytes, not speed.
    [Theory]
    [InlineData("mlp", 16, ElementType.Float32)]
    [InlineData("resnet20", 3, ElementType.Float32)]
    [InlineData("gpt", 1, ElementType.Float32)]
    [InlineData("encoder", 2, ElementType.Float32)]
    [InlineData("mlp", 16, ElementType.BFloat16)]
    [InlineData("resnet20", 3, ElementType.BFloat16)]
    [InlineData("gpt", 1, ElementType.BFloat16)]
    [InlineData("encoder", 2, ElementType.BFloat16)]
    public void The_session_allocates_what_the_plan_says_to_the_byte(string name, long batch, ElementType compute)
    {
        Workload w = Workloads.Get(name, batch);
        TypedGraph graph = w.Step(compute).Batch;
        PlanDocument plan = MachinePlan.Create(graph, [], null, new Dictionary<string, string>(), Settings.Of(), DateTimeOffset.UnixEpoch);
        using (var session = new Session())
        {
            Program program = session.Compile(graph);
            session.Initialize(1);
            for (int step = 1; step <= 2; step++)
            {
                program.Input<float>(TrainingStep.LearningRate)[0] = w.LearningRate;
                if (program.Takes(TrainingStep.StepNumber)) program.Input<long>(TrainingStep.StepNumber)[0] = step;
                foreach (TypedInput input in graph.Inputs)
                    if (!input.Value.Name.StartsWith("headroom.", StringComparison.Ordinal)) program.InputBytes(input.Value).Clear();
                program.Run();
                Assert.True(float.IsFinite(program.Output<float>(Objectives.Loss)[0]));
            }
            Assert.Equal((long)plan["graph_bytes"].Value, session.AllocatedPeak);
        }
        Assert.Equal(0, Tensor.Live);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("resnet20")]
    [InlineData("gpt")]
    [InlineData("encoder")]
    public void The_arena_wastes_little_over_what_is_alive(string name)
    {
        MemoryPlan plan = Session.Plan(Workloads.Get(name).Step(ElementType.Float32).Batch);
        Assert.InRange(plan.GraphBytes, plan.LivePeak, (long)(plan.LivePeak * 1.10) + (1 << 20));
    }

    [Fact]
    public void A_larger_batch_never_takes_less()
    {
        long last = 0;
        for (long batch = 1; batch <= 64; batch *= 2)
        {
            long bytes = Session.Plan(Workloads.Get("resnet20", batch).Step(ElementType.Float32).Batch).GraphBytes;
            Assert.True(bytes > last);
            last = bytes;
        }
    }
}
