using System.Text.Json;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Export;
using Headroom.Planning.Search;
using Headroom.Planning.Tests.Training;
using Headroom.Planning.Training;

namespace Headroom.Planning.Tests.Exports;

public sealed class PlanExportTests
{
    private static TrainingPlan Plan(TrainingLayout layout, double? adapter = null)
    {
        var job = new TrainingJob { Shape = TrainingEstimatorTests.Llama(), Sequence = 4096, AdapterParameters = adapter };
        Accelerator a = AcceleratorCatalogue.Default.Find("h100");
        var device = new SearchDevice(a, 64, 2, new TrainingEstimator(job, a, TrainingEstimatorTests.Rates, TrainingEstimatorTests.Stack, MemoryOverhead.Cuda));
        return new TrainingSearch(new SearchRequest { Job = job, Tokens = 1e9, Batch = layout.Batch, Devices = [device] }).Weigh(device, layout);
    }

    private static readonly TrainingLayout Many = new() { Tensor = 4, SequenceParallel = true, Pipeline = 2, Data = 4, MicroBatch = 2, Accumulation = 16, Interleave = 2, Zero = 1, Recompute = Recompute.Full };

    [Fact]
    public void Deepspeed_gets_batches_that_multiply_to_the_whole()
    {
        TrainingPlan plan = Plan(new TrainingLayout { Data = 8, MicroBatch = 2, Accumulation = 4, Zero = 3 });
        var export = new DeepSpeedExport();
        Assert.Null(export.Obstacle(plan));
        JsonElement json = JsonDocument.Parse(export.Write(plan, "llama")).RootElement;
        // DeepSpeed refuses to start where this doesn't hold.
        Assert.Equal(json.GetProperty("train_batch_size").GetInt64(), json.GetProperty("train_micro_batch_size_per_gpu").GetInt64() * json.GetProperty("gradient_accumulation_steps").GetInt64() * 8);
        Assert.Equal(3, json.GetProperty("zero_optimization").GetProperty("stage").GetInt32());
        Assert.Contains("cuts every matrix", export.Obstacle(Plan(Many)), StringComparison.Ordinal);
    }

    [Fact]
    public void Megatron_gets_every_cut()
    {
        string script = new MegatronExport().Write(Plan(Many), "llama");
        foreach (string argument in (string[])["--tensor-model-parallel-size 4", "--pipeline-model-parallel-size 2", "--sequence-parallel", "--num-layers-per-virtual-pipeline-stage 8", "--micro-batch-size 2", "--global-batch-size 128", "--group-query-attention", "--num-query-groups 8", "--recompute-granularity full", "--use-distributed-optimizer", "--nproc-per-node 8 --nnodes 4"])
            Assert.Contains(argument, script, StringComparison.Ordinal);
    }

    [Fact]
    public void Torchtitan_gets_degrees_that_multiply_to_the_accelerators()
    {
        TrainingPlan plan = Plan(Many with { Zero = 3, Pipeline = 1, Interleave = 1 });
        string script = new TorchTitanExport().Write(plan, "llama");
        Assert.Contains("--parallelism.data_parallel_shard_degree 4", script, StringComparison.Ordinal);
        Assert.Contains("--parallelism.tensor_parallel_degree 4", script, StringComparison.Ordinal);
        Assert.Contains($"--training.num_tokens_per_train_step {128 * 4096}", script, StringComparison.Ordinal);
        Assert.NotNull(new TorchTitanExport().Obstacle(Plan(Many)));
    }

    [Fact]
    public void Kubernetes_gets_a_pod_a_node()
    {
        string yaml = new KubernetesExport().Write(Plan(Many), "llama");
        Assert.Contains("completions: 4", yaml, StringComparison.Ordinal);
        Assert.Contains("nvidia.com/gpu: 8", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Headroom_itself_takes_one_accelerator_and_the_adapter()
    {
        Assert.NotNull(new HeadroomExport().Obstacle(Plan(Many)));
        TrainingPlan plan = Plan(new TrainingLayout { MicroBatch = 2, Accumulation = 8 }, Headroom.Planning.Models.AdapterSize.Of(TrainingEstimatorTests.Llama(), 16));
        string yaml = new HeadroomExport().Write(plan, "llama");
        Assert.Contains("adapter: { rank: 16, alpha: 32, base: bf16 }", yaml, StringComparison.Ordinal);
        Assert.Contains("micro_batches: 8", yaml, StringComparison.Ordinal);
    }
}
