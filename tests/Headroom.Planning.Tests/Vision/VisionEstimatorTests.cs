using CsCheck;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Vision;

namespace Headroom.Planning.Tests.Vision;

public sealed class VisionEstimatorTests
{
    private static readonly Accelerator Device = AcceleratorCatalogue.Default.Find("NVIDIA GeForce RTX 4090");

    // timm's own counts: MACs, activations and parameters of resnet50 and vit_base_patch16_224.
    private static readonly ImageNetwork ResNet = new("resnet50", 4.11e9, 11.11e6, 25.56e6), ViT = new("vit_base_patch16_224", 16.87e9, 16.49e6, 86.57e6, Attention: true);

    private static readonly VisionEstimator Estimator = new(Device, "fp16", new(0.8, 0.7, 9, 1e-3), new(0.5, 1.2, 30));

    [Fact] // 14 x 14 patches and the class token; the patch projection, biases and the head keep it from 197 exactly
    public void Patches_are_macs_over_weights() => Assert.InRange(ViT.Tokens, 190, 200);

    [Fact]
    public void Scores_that_are_never_written_leave_fewer_activations()
    {
        Assert.True(ViT.FusedActivations < ViT.Activations);
        Assert.Equal(ResNet.Activations, ResNet.FusedActivations);
    }

    [Fact]
    public void A_larger_batch_takes_longer_and_no_more_an_image() => (from batch in Gen.Int[1, 1000]
        from training in Gen.Bool
        from compiled in Gen.Bool
        from attention in Gen.Bool
        select (batch, training, compiled, attention)).Sample(c =>
    {
        ImageNetwork network = c.attention ? ViT : ResNet;
        var run = new VisionRun(c.batch, Compiled: c.compiled, Training: c.training);
        double one = Estimator.Time(network, run).Seconds, more = Estimator.Time(network, run with { Batch = c.batch + 1 }).Seconds;
        Assert.True(more > one);
        Assert.True(more / (c.batch + 1) <= one / c.batch);
        Assert.True(Estimator.Memory(network, run with { Training = true }) > Estimator.Memory(network, run with { Training = false }));
    }, iter: 300);

    [Fact]
    public void A_pass_is_never_faster_than_its_products_at_the_peak()
    {
        VisionTime time = Estimator.Time(ViT, new VisionRun(256));
        Assert.True(time.Seconds > 256 * 2 * ViT.Macs / Device.Peak("fp16"));
        Assert.InRange(time.Overlapped, Math.Max(time.Matrix, time.Traffic), time.Matrix + time.Traffic);
    }

    [Fact]
    public void The_largest_batch_fits_and_one_more_does_not()
    {
        var run = new VisionRun(1, Training: true);
        long largest = Estimator.LargestBatch(ResNet, run);
        Assert.True(Estimator.Memory(ResNet, run with { Batch = largest }) <= Device.Memory!.Value.Value);
        Assert.True(Estimator.Memory(ResNet, run with { Batch = largest + 1 }) > Device.Memory!.Value.Value);
    }
}
