using Headroom.Devices.Catalogue;
using Headroom.Evidence;

namespace Headroom.Devices.Tests.Catalogue;

public sealed class CatalogueNameTests
{
    [Theory]
    [InlineData("h100", "NVIDIA H100 SXM5 80GB")]
    [InlineData("H100-SXM", "NVIDIA H100 SXM5 80GB")]
    [InlineData("nvidia h100 sxm5 80gb", "NVIDIA H100 SXM5 80GB")]
    [InlineData("NVIDIA H100-SXM5-80GB", "NVIDIA H100 SXM5 80GB")]
    [InlineData("H100 80GB PCIe Gen5", "NVIDIA H100 PCIe 80GB")]
    [InlineData("LambdaCloud H100 80GB PCIe Gen5", "NVIDIA H100 PCIe 80GB")]
    [InlineData("h100_sxm", "NVIDIA H100 SXM5 80GB")]
    [InlineData("NVIDIA H100 SXM", "NVIDIA H100 SXM5 80GB")]
    [InlineData("NVIDIA H200-SXM5-141GB", "NVIDIA H200 SXM 141GB")]
    [InlineData("NVIDIA H800", "NVIDIA H800 SXM5 80GB")]
    [InlineData("NVIDIA H20", "NVIDIA H20 96GB")]
    [InlineData("8xA100", "NVIDIA A100 SXM4 80GB")]
    [InlineData("8xA100_80GB_SXM4", "NVIDIA A100 SXM4 80GB")]
    [InlineData("2xA100_PCIe", "NVIDIA A100 PCIe 40GB")]
    [InlineData("2xA100_80GB_PCIe", "NVIDIA A100 PCIe 80GB")]
    [InlineData("a100-80gb", "NVIDIA A100 SXM4 80GB")]
    [InlineData("A100 40GB", "NVIDIA A100 SXM4 40GB")]
    [InlineData("2 x A100 80G", "NVIDIA A100 SXM4 80GB")]
    [InlineData("NVIDIA A100 SXM4 (single node of 8)", "NVIDIA A100 SXM4 80GB")]
    [InlineData("NVIDIA A800 80GB", "NVIDIA A800 SXM4 80GB")]
    [InlineData("NVIDIA V100 SXM2 (Big Basin)", "NVIDIA V100 SXM2 16GB")]
    [InlineData("NVIDIA V100 SXM3 32GB (DGX-2)", "NVIDIA V100 SXM2 32GB")]
    [InlineData("LambdaCloud 2x V100 16GB", "NVIDIA V100 SXM2 16GB")]
    [InlineData("16xA4000", "NVIDIA RTX A4000 16GB")]
    [InlineData("1x A6000", "NVIDIA RTX A6000 48GB")]
    [InlineData("QuadroRTX5000", "NVIDIA Quadro RTX 5000 16GB")]
    [InlineData("Quadro RTX 8000", "NVIDIA Quadro RTX 8000 48GB")]
    [InlineData("RTX 5000 Ada 32GB", "NVIDIA RTX 5000 Ada 32GB")]
    [InlineData("RTX 6000 Ada", "NVIDIA RTX 6000 Ada 48GB")]
    [InlineData("3090 24GB", "NVIDIA GeForce RTX 3090 24GB")]
    [InlineData("3080 Ti 12GB", "NVIDIA GeForce RTX 3080 Ti 12GB")]
    [InlineData("4070 Ti 12GB", "NVIDIA GeForce RTX 4070 Ti 12GB")]
    [InlineData("rtx3090", "NVIDIA GeForce RTX 3090 24GB")]
    [InlineData("2 x RTX 4090", "NVIDIA GeForce RTX 4090 24GB")]
    [InlineData("NVIDIA B200 180GB", "NVIDIA B200 SXM 180GB")]
    [InlineData("b200_sxm", "NVIDIA B200 SXM 180GB")]
    [InlineData("NVIDIA GB200 192GB", "NVIDIA GB200 186GB")]
    [InlineData("gb300", "NVIDIA GB300 288GB")]
    [InlineData("NVIDIA GH200 SXM", "NVIDIA GH200 96GB")]
    [InlineData("NVIDIA RTX PRO 6000 Blackwell Server", "NVIDIA RTX PRO 6000 Blackwell Server 96GB")]
    [InlineData("4 x T4", "NVIDIA T4 16GB")]
    [InlineData("AMD MI300X", "AMD Instinct MI300X 192GB")]
    [InlineData("mi250", "AMD Instinct MI250 128GB")]
    [InlineData("Intel Gaudi 1", "Intel Gaudi 32GB")]
    [InlineData("gaudi2", "Intel Gaudi 2 96GB")]
    [InlineData("Intel Gaudi 3", "Intel Gaudi 3 128GB")]
    [InlineData("tpu-v5e", "Google TPU v5e")]
    [InlineData("TPU v5litepod", "Google TPU v5e")]
    [InlineData("Google TPU v3", "Google TPU v3")]
    [InlineData("trn1", "AWS Trainium")]
    [InlineData("AWS Inferentia2", "AWS Inferentia2")]
    [InlineData("M2 Ultra 76-Core GPU 192GB", "Apple M2 Ultra (76-core)")]
    [InlineData("Hailo HAILO8L", "Hailo-8L")]
    [InlineData("Hailo HAILO10H", "Hailo-10H")]
    [InlineData("l4", "NVIDIA L4 24GB")]
    [InlineData("L40S 48GB", "NVIDIA L40S 48GB")]
    [InlineData("h100x8", "NVIDIA H100 SXM5 80GB")]
    [InlineData("a100:4", "NVIDIA A100 SXM4 80GB")]
    [InlineData("h100 x 8", "NVIDIA H100 SXM5 80GB")]
    [InlineData("max 1550", "Intel Data Center GPU Max 1550 128GB")]
    [InlineData("tpu7x", "Google TPU v7x")]
    [InlineData("Dell 8x H100 80GB SXM5", "NVIDIA H100 SXM5 80GB")]
    [InlineData("1CC H100 80GB SXM5", "NVIDIA H100 SXM5 80GB")]
    [InlineData("LambdaCloud 8xV100 16GB", "NVIDIA V100 SXM2 16GB")]
    [InlineData("LambdaCloud_4x1080Ti", "NVIDIA GeForce GTX 1080 Ti 11GB")]
    [InlineData("LambdaCloud_4xA6000", "NVIDIA RTX A6000 48GB")]
    [InlineData("2x2080TiNVlink_trt2", "NVIDIA GeForce RTX 2080 Ti 11GB")]
    [InlineData("4xQuadroRTX8000_trt", "NVIDIA Quadro RTX 8000 48GB")]
    [InlineData("M1 Max 32‑Core GPU 64GB", "Apple M1 Max")]
    [InlineData("M3 Max 40‑Core GPU 64GB", "Apple M3 Max (40-core)")]
    [InlineData("Intel(R) Gaudi(R) 2 AI Accelerator", "Intel Gaudi 2 96GB")]
    [InlineData("Intel Core i7-12700H (CPU)", "Intel Core i7-12700H")]
    [InlineData("NVIDIA Jetson Xavier NX", "NVIDIA Jetson Xavier NX 8GB")]
    [InlineData("p3.16xlarge", "NVIDIA V100 SXM2 16GB")]
    [InlineData("g5.2xlarge", "NVIDIA A10G 24GB")]
    public void Names_are_found_however_they_are_written(string name, string expected) => Assert.Equal(expected, AcceleratorCatalogue.Default.Find(name).Name);

    [Fact]
    public void Every_device_is_found_by_its_name_and_its_aliases()
    {
        List<string> faults = [];
        foreach (Accelerator device in AcceleratorCatalogue.Default.All)
        {
            foreach (string name in device.Aliases.Prepend(device.Name).Prepend(device.Name.ToUpperInvariant()).Prepend("8x " + device.Name))
            {
                if (AcceleratorCatalogue.Default.TryFind(name, out string reason)?.Name != device.Name) faults.Add($"{name}: {reason}");
            }
        }
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("h1000", "H100", "Hailo")]
    [InlineData("a101", "A100", "Apple")]
    [InlineData("gaudi4", "Gaudi", "H100")]
    [InlineData("tpu-v9", "TPU", "V100")]
    [InlineData("rtx 3091", "RTX 3090", "TPU")]
    public void An_unknown_name_suggests_real_ones_of_the_same_sort(string name, string near, string far)
    {
        var error = Assert.Throws<InputException>(() => AcceleratorCatalogue.Default.Find(name));
        Assert.Contains(near, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(far, error.Message, StringComparison.Ordinal);
        Assert.Contains("--devices-file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tpu", "TPU v4")]
    [InlineData("rtx pro", "RTX PRO 5000")]
    public void An_ambiguous_name_lists_what_it_may_mean(string name, string one)
    {
        var error = Assert.Throws<InputException>(() => AcceleratorCatalogue.Default.Find(name));
        Assert.Contains("may be", error.Message, StringComparison.Ordinal);
        Assert.Contains(one, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_that_no_such_device_has_is_said()
    {
        var error = Assert.Throws<InputException>(() => AcceleratorCatalogue.Default.Find("A100 64GB"));
        Assert.Contains("64 GB", error.Message, StringComparison.Ordinal);
        Assert.Contains("A100 SXM4 80GB", error.Message, StringComparison.Ordinal);
    }

    [Theory] // A word that makes another device of a model isn't passed over as if it were a shop's name.
    [InlineData("RTX 4090 Laptop")]
    [InlineData("RTX 3080 Max-Q")]
    [InlineData("H100 A1000")]
    public void A_variant_that_is_unknown_is_not_taken_for_the_model(string name) => Assert.Throws<InputException>(() => AcceleratorCatalogue.Default.Find(name));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("()")]
    [InlineData("8x")]
    [InlineData("\u0000\ud800")]
    public void A_name_that_says_nothing_is_refused(string name) => Assert.Throws<InputException>(() => AcceleratorCatalogue.Default.Find(name));
}
