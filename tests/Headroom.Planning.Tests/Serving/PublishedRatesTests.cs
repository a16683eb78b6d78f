using Headroom.Planning.Tables;

namespace Headroom.Planning.Tests.Serving;

/// <summary>Predictions of serving, drawing, image networks and power held to published measurements, where HEADROOM_TABLES names a folder of them.</summary>
public sealed class PublishedRatesTests
{
    [Theory] // bounds a little above what docs/planning.md states
    [InlineData("bloom_176b_inference", Quantity.Throughput, 0.06)]
    [InlineData("gpt_fast", Quantity.Throughput, 0.12)]
    [InlineData("llamacpp_gpu_benchmarks", Quantity.Throughput, 0.13)]
    [InlineData("llamacpp_gpu_benchmarks_detail", Quantity.Throughput, 0.13)]
    [InlineData("tensorrt_llm_perf_overview", Quantity.Throughput, 0.15)]
    [InlineData("aiconfigurator_silicon_refs", Quantity.Throughput, 0.18)]
    [InlineData("fastertransformer_raw", Quantity.Throughput, 0.21)]
    [InlineData("fastertransformer_raw", Quantity.PeakMemory, 0.06)]
    [InlineData("optimum_habana_inference", Quantity.Throughput, 0.15)]
    [InlineData("aws_neuron_inference", Quantity.Throughput, 0.15)]
    [InlineData("ml_energy_diffusion", Quantity.Watts, 0.12)]
    [InlineData("mlperf_training_v4_0_power", Quantity.Watts, 0.08)]
    public void Half_of_a_table_s_rows_lie_within(string table, string quantity, double most)
    {
        TableCheck check = Check(table, quantity);
        Assert.True(check.Statistics.MedianApe <= most, FormattableString.Invariant($"{table}: {check.Statistics.MedianApe:F3}"));
    }

    [Theory] // beyond a twentieth of the memory no verdict may be wrong
    [InlineData("fastertransformer_raw")]
    [InlineData("llamacpp_gpu_benchmarks")]
    [InlineData("llamacpp_gpu_benchmarks_detail")]
    [InlineData("gpt_fast")]
    public void What_ran_out_of_memory_is_said_to(string table)
    {
        CheckStatistics found = Check(table, Quantity.PeakMemory, ranOut: true).Statistics;
        Assert.True(found.RanOut > 0);
        Assert.Equal(0, found.RanOutSaidToFit);
        Assert.Equal(0, found.RanSaidNotToFit);
    }

    [Fact] // the mark: a mean error of a quarter, ranks kept to 0.9, on each device by itself
    public void Image_networks_keep_their_order_on_each_device()
    {
        TableCheck check = Check("timm_infer", Quantity.Throughput);
        Assert.Equal(4, check.Rows.Select(r => r.Row.Hardware.Text("accelerator")).Distinct().Count());
        Assert.All(check.Rows.GroupBy(r => r.Row.Hardware.Text("accelerator")), device =>
        {
            var statistics = CheckStatistics.Of([.. device.Select(r => r.Prediction)]);
            Assert.True(statistics.Mape <= 0.25, FormattableString.Invariant($"{device.Key}: {statistics.Mape:F3}"));
            Assert.True(statistics.RankCorrelation >= 0.9);
        });
    }

    [Theory]
    [InlineData("timm_train_rtx3090")]
    [InlineData("timm_train_rtx3090_history")]
    public void Training_of_image_networks_keeps_within_a_quarter_and_keeps_its_order(string table)
    {
        Assert.True(Check(table, Quantity.StepSeconds).Statistics.Mape <= 0.25);
        Assert.True(Check(table, Quantity.Throughput).Statistics.RankCorrelation >= 0.9);
    }

    private static TableCheck Check(string table, string quantity, bool ranOut = false)
    {
        string? folder = Environment.GetEnvironmentVariable("HEADROOM_TABLES");
        if (folder is null) Assert.Skip("HEADROOM_TABLES names no folder of measured tables");
        string path = Path.Join(folder, "dev", table + ".json");
        if (!File.Exists(path)) Assert.Skip($"{table} isn't there");
        return TableCheck.Of(MeasuredTable.Read(path), RowPredictors.All).First(c => c.Quantity == quantity && (ranOut ? c.Statistics.RanOut > 0 : c.Statistics.Rows > 0));
    }
}
