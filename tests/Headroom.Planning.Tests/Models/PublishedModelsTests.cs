using Headroom.Graph.HuggingFace;
using Headroom.Planning.Models;

namespace Headroom.Planning.Tests.Models;

public sealed class PublishedModelsTests
{
    [Fact] // Within 1 %; a total that is published but rounded, as "8B", within half of what it is rounded to.
    public void Sizes_give_the_totals_that_are_published()
    {
        string[] off = [.. PublishedModels.All.Where(m => m.Parameters > 0 && Math.Abs(m.Shape.Parameters - m.Parameters) > (m.Unit > 0 ? m.Unit / 2 : 0.01 * m.Parameters))
            .Select(m => FormattableString.Invariant($"{m.Name}: {m.Shape.Parameters / 1e9:F3} and not {m.Parameters / 1e9:F3}"))];
        Assert.Empty(off);
        Assert.All(PublishedModels.All.Where(m => m.Unit > 0), m => Assert.Equal(0, m.Parameters % m.Unit, 1e-3));
    }

    [Fact] // Most files' totals are known to the weight: those of one part in ten thousand differ by scales, buffers or poolers.
    public void Most_sizes_give_the_published_total_to_the_weight()
    {
        PublishedModel[] counted = [.. PublishedModels.All.Where(m => m is { Parameters: > 0, Unit: 0 })];
        int exact = counted.Count(m => Math.Abs((m.Shape.Parameters / m.Parameters) - 1) < 1e-4);
        Assert.True(exact >= 90, $"{exact} of {counted.Length}");
    }

    [Theory]
    [InlineData("meta-llama/Meta-Llama-3-8B-Instruct", "Llama-3-8B")]
    [InlineData("LLAMA3_8B", "Llama-3-8B")]
    [InlineData("Llama 3.1 8B", "Llama-3-8B")]
    [InlineData("llama-3-8b", "Llama-3-8B")]
    [InlineData("Llama 3.3 70B", "Llama-3-70B")]
    [InlineData("Qwen/Qwen3-235B-A22B-FP8", "Qwen3-235B-A22B")]
    [InlineData("Llama-2-70b-hf", "Llama-2-70B")]
    [InlineData("deepseek-ai/DeepSeek-R1", "DeepSeek-V3")]
    [InlineData("BERT base (bert-base-cased)", "bert-base")]
    [InlineData("Mistral-7B-Instruct-v0.2", "Mistral-7B")]
    [InlineData("Mixtral 8x7B", "Mixtral-8x7B")]
    [InlineData("GPT3 175B", "GPT-175B")]
    [InlineData("HuggingFace BERT-Large Ph1 pre-training", "bert-large")]
    [InlineData("Qwen3_30B_a3B (tokendrop)", "Qwen3-30B-A3B")]
    [InlineData("DeepSeekV3 (w/o MTP)", "DeepSeek-V3")]
    [InlineData("Nemotron_3_Nano", "Nemotron-3-Nano")]
    [InlineData("GPT3-5B", "GPT-3-5B")]
    public void Names_are_found_as_they_are_written(string written, string name) => Assert.Equal(name, PublishedModels.Published(written)?.Name);

    [Theory]
    [InlineData("llama-3-9b")]
    [InlineData("")]
    [InlineData("resnet50")]
    public void Others_are_not(string written) => Assert.Null(PublishedModels.Find(written));

    [Fact]
    public void Every_model_has_a_source_and_a_name_of_its_own()
    {
        Assert.All(PublishedModels.All, m => Assert.NotEmpty(m.Source));
        Assert.Equal(PublishedModels.All.Count, PublishedModels.All.Select(m => m.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Sizes_are_those_of_the_models_own_files()
    {
        if (Environment.GetEnvironmentVariable("HEADROOM_DATA") is not { Length: > 0 } data || !Directory.Exists(Path.Join(data, "model_configs", "full"))) Assert.Skip("HEADROOM_DATA has no model_configs");
        int held = 0;
        // Two files have fewer layers than the model.
        foreach (string file in Directory.GetFiles(Path.Join(Environment.GetEnvironmentVariable("HEADROOM_DATA"), "model_configs", "full"), "*.json").Where(f => !f.Contains("Llama-2-7", StringComparison.Ordinal)))
        {
            if (PublishedModels.Find(Path.GetFileNameWithoutExtension(file).Split("--")[^1]) is not { } known) continue;
            ModelConfig own = ModelConfig.Read(file);
            if (own.Vision is not null || own.Architecture.EndsWith("ForSequenceClassification", StringComparison.Ordinal)) continue;
            TransformerShape shape = TransformerShape.Of(own, known.Name);
            Assert.Equal(shape.Parameters, known.Parameters, shape.Parameters * 1e-3);
            Assert.Equal(shape.ActiveParameters, known.ActiveParameters, shape.ActiveParameters * 1e-3);
            held++;
        }
        Assert.True(held > 10, $"{held} files");
    }
}
