using System.Text;
using Headroom.Planning.Tables;
using Headroom.Planning.Training;

namespace Headroom.Planning.Tests.Training;

public sealed class RowReaderTests
{
    private static RowQuestion? Read(string model, string hardware, string config, string measured, out string reason)
    {
        string json = $$"""{"kind": "llm-train", "rows": [{"model": {{model}}, "hardware": {{hardware}}, "config": {{config}}, "measured": {{measured}}}]}""";
        return RowReader.Read(MeasuredTable.Parse(Encoding.UTF8.GetBytes(json), "t.json").Rows[0], out reason);
    }

    [Fact]
    public void A_row_s_speed_becomes_seconds_of_a_step()
    {
        RowQuestion q = Read("""{"name": "LLAMA3_8B", "seq": 8192}""", """{"accelerator": "NVIDIA H100 SXM5 80GB", "count": 16}""", """{"tp": 2, "pp": 1, "cp": 2, "micro_batch": 1, "global_batch": 64, "precision": "FP8", "fsdp": "0"}""", """{"tokens_per_second_per_gpu": 8192}""", out _)!;
        Assert.Equal((2, 2, 4, 1, 16), (q.Layout.Tensor, q.Layout.Context, q.Layout.Data, q.Layout.MicroBatch, q.Layout.Accumulation));
        Assert.Equal("fp8", q.Job.Type);
        Assert.Equal(64.0 / 16, q.StepSeconds!.Value, 1e-9);
        Assert.Equal(TrainingStacks.MegatronCore, q.Stack);
    }

    [Fact]
    public void A_GPT_known_by_its_size_alone_has_about_that_many_weights()
    {
        RowQuestion q = Read("""{"size_label": "52B", "seq": 1024}""", """{"accelerator": "NVIDIA V100 SXM2 32GB", "count": 64}""", """{"pp": 16, "dp": 1, "micro_batch": 4, "global_batch": 1024, "recompute": "full", "precision": "fp16-mixed"}""", """{"step_seconds": 137}""", out _)!;
        Assert.Equal(52e9, q.Job.Shape.Parameters, 1.5e9);
        Assert.Equal((4, 16, 256), (q.Layout.Tensor, q.Layout.Pipeline, q.Layout.Accumulation));
        Assert.Equal(137, q.StepSeconds);
    }

    [Theory]
    [InlineData("""{"name": "LLAMA3_8B"}""", """{"accelerator": null, "count": 8}""", "{}", "no device in the row")]
    [InlineData("""{"name": "LLAMA3_8B"}""", """{"accelerator": "abacus", "count": 8}""", "{}", "device not in the catalogue")]
    [InlineData("""{"name": "nonesuch"}""", """{"accelerator": "A100 SXM4 80GB", "count": 8}""", "{}", "model not in the register, and no sizes in the row")]
    [InlineData("""{"name": "x", "layers": 2, "hidden": 100, "heads": 7}""", """{"accelerator": "A100 SXM4 80GB", "count": 8}""", "{}", "sizes in the row that no model can have")]
    [InlineData("""{"name": "LLAMA3_8B"}""", """{"accelerator": "A100 SXM4 80GB"}""", "{}", "number of accelerators not in the row")]
    [InlineData("""{"name": "LLAMA3_8B"}""", """{"accelerator": "A100 SXM4 80GB", "count": 8}""", """{"tp": 3}""", "parallelism doesn't multiply to the number of accelerators")]
    public void What_can_t_be_read_is_skipped_with_a_reason(string model, string hardware, string config, string said)
    {
        Assert.Null(Read(model, hardware, config, """{"step_seconds": 1}""", out string reason));
        Assert.Equal(said, reason);
    }
}
