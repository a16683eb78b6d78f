using System.Text;
using CsCheck;
using Headroom.Devices.Catalogue;
using Headroom.Graph.HuggingFace;
using Headroom.Planning.Models;
using Headroom.Planning.Serving;

namespace Headroom.Planning.Tests.Serving;

public sealed class ServingEstimatorTests
{
    private static readonly ServingWork Llama = Work("llama-3-8b", """
        {"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"rms_norm_eps":1e-5}
        """);

    private static readonly ServingWork Mixtral = Work("mixtral-8x7b", """
        {"model_type":"mixtral","architectures":["MixtralForCausalLM"],"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"num_local_experts":8,"num_experts_per_tok":2,"vocab_size":32000,"rms_norm_eps":1e-5}
        """);

    private static readonly Accelerator Device = AcceleratorCatalogue.Default.Find("NVIDIA H100 SXM5 80GB");

    private static readonly ServingRates Ideal = new(1, 1, 0), Usual = new(0.6, 0.75, 1e-5);

    private static readonly ServingStack Free = new("free", 0), Real = new("real", 2e-5, 5e-6, 0.9, 0.9);

    [Fact] // 2 x 32 layers x 8 heads x 128, as every account of Llama 3 8B's cache has it: 128 KiB a token in 16 bits
    public void A_cache_is_two_rows_a_layer_and_head()
    {
        Assert.Equal(2 * 32 * 8 * 128, Llama.KvElements);
        var estimator = new ServingEstimator(Llama, Device, Ideal, Free, new ServingLayout());
        Assert.Equal(1000.0 * 131072 * 16, estimator.Memory(new ServingLoad(16, 900, 100)).Cache, 1e-3);
        Assert.Equal(2 * Llama.Parameters, estimator.Memory(new ServingLoad(16, 900, 100)).Weights, 1e-3);
    }

    [Fact]
    public void Pages_round_a_sequence_up_and_a_shared_prefix_is_held_once()
    {
        var paged = new ServingEstimator(Llama, Device, Ideal, Free, new ServingLayout { Page = 16, KvBits = 8 });
        Assert.Equal(10.0 * 112 * 65536, paged.Memory(new ServingLoad(10, 90, 11)).Cache, 1e-3);
        Assert.Equal((10.0 * 32 * 65536) + (80 * 65536), paged.Memory(new ServingLoad(10, 90, 11, SharedPrefix: 80)).Cache, 1e-3);
    }

    [Fact] // weights and cache over bandwidth, arithmetic beside it all but hidden
    public void Decoding_one_sequence_on_an_ideal_device_takes_its_bytes_over_the_bandwidth()
    {
        var estimator = new ServingEstimator(Llama, Device, Ideal, Free, new ServingLayout());
        double floor = ((Llama.ReadParameters(1) * 2) + (1000 * 131072.0)) / Device.Bandwidth!.Value;
        Assert.InRange(estimator.Decode(1, 1000).Seconds / floor, 1, 1.001);
        Assert.Equal(1 / floor, estimator.DecodeCeiling(new ServingLoad(1, 1000, 0)), 1e-6 / floor);
    }

    [Fact] // of 8 experts with 2 a token, 1 token reads 2, 4 tokens 8 (1 - 0.75^4) = 5.47, many all
    public void Experts_are_read_as_far_as_somebody_meets_them()
    {
        Assert.Equal(Mixtral.ActiveParameters, Mixtral.ReadParameters(1), 1);
        Assert.Equal(Mixtral.DenseParameters + (Mixtral.ExpertParameters * 5.46875 / 8), Mixtral.ReadParameters(4), 1);
        Assert.Equal(Mixtral.DenseParameters + Mixtral.ExpertParameters, Mixtral.ReadParameters(1e6), 1);
    }

    [Fact]
    public void More_sequences_or_longer_ones_never_take_less_time_or_memory() => Loads.Sample(c =>
    {
        var estimator = new ServingEstimator(c.Sparse ? Mixtral : Llama, Device, Usual, Real, c.Layout);
        Assert.True(estimator.Decode(c.Load.Batch + 1, c.Load.Input).Seconds >= estimator.Decode(c.Load.Batch, c.Load.Input).Seconds);
        Assert.True(estimator.Decode(c.Load.Batch, c.Load.Input + 64).Seconds >= estimator.Decode(c.Load.Batch, c.Load.Input).Seconds);
        Assert.True(estimator.Memory(c.Load with { Batch = c.Load.Batch + 1 }).Total > estimator.Memory(c.Load).Total);
        ServingEstimate all = estimator.Estimate(c.Load);
        Assert.InRange(all.ComputeShare, 0, 1);
        Assert.InRange(all.BandwidthShare, 0, 1);
        // Nothing beats the ceiling.
        Assert.True(c.Load.Batch / estimator.Decode(c.Load.Batch, c.Load.Input).Seconds <= estimator.DecodeCeiling(c.Load) * c.Layout.Pipeline * (1 + 1e-9));
    }, iter: 500);

    [Fact]
    public void The_largest_batch_fits_and_keeps_to_its_latency_and_one_more_does_not() => Loads.Sample(c =>
    {
        var estimator = new ServingEstimator(c.Sparse ? Mixtral : Llama, Device, Usual, Real, c.Layout);
        long fits = estimator.LargestBatch(c.Load)!.Value, fast = estimator.LargestBatchWithin(c.Load, 0.02);
        Assert.True(fits == 0 || estimator.Memory(c.Load with { Batch = fits }).Fits);
        Assert.False(estimator.Memory(c.Load with { Batch = fits + 1 }).Fits);
        Assert.True(fast <= fits);
        Assert.True(fast == 0 || estimator.Decode(fast, c.Load.Input + (c.Load.Output / 2)).Seconds <= 0.02);
    }, iter: 200);

    [Fact]
    public void A_catalogue_without_bandwidth_is_said_to_have_none()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ServingEstimator(Llama, Device with { Bandwidth = null }, Usual, Real, new ServingLayout()));
        Assert.Contains("no memory bandwidth", error.Message, StringComparison.Ordinal);
    }

    private static Gen<(bool Sparse, ServingLoad Load, ServingLayout Layout)> Loads =>
        from sparse in Gen.Bool
        from batch in Gen.Int[1, 300]
        from input in Gen.Int[1, 4000]
        from output in Gen.Int[1, 2000]
        from tensor in Gen.Int[0, 3].Select(n => 1 << n)
        from pipeline in Gen.Int[1, 2]
        from overlaps in Gen.Bool
        from bits in Gen.Int[1, 4].Select(n => 4.0 * n)
        select (sparse, new ServingLoad(batch, input, output), new ServingLayout { Tensor = tensor, Pipeline = pipeline, PipelineOverlaps = overlaps, WeightBits = bits });

    private static ServingWork Work(string name, string json) => ServingWork.Of(TransformerShape.Of(ModelConfig.Parse(Encoding.UTF8.GetBytes(json)), name));
}
