using Headroom.Graph.HuggingFace;

namespace Headroom.Graph.Tests.HuggingFace;

/// <summary>The configs that makers published, from the folder <c>HEADROOM_DATA</c>, against the totals that they or the files' own headers state.</summary>
public sealed class PublishedTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_config_parses_and_has_a_size()
    {
        string[] files = [.. Directory.EnumerateFiles(Folder(), "*.json").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        output.WriteLine($"{"",-44}{"parameters",20}{"met by a token",18}{"file, bytes",20}{"KV a token",11}{"KV at 8,192",14}");
        foreach (string file in files)
        {
            ModelSize size = ModelSize.Of(ModelConfig.Read(file));
            output.WriteLine(FormattableString.Invariant($"{Path.GetFileNameWithoutExtension(file),-44}{size.Parameters,20:N0}{size.ActiveParameters,18:N0}{size.StoredBytes?.Value,20:N0}{size.Cache.PerToken(ElementType.BFloat16).Value,11:N0}{size.Cache.At(8192, ElementType.BFloat16).Value,14:N0}"));
            Assert.Equal(size.Parameters, size.Parts.Sum(p => p.Parameters));
            Assert.InRange(size.ActiveParameters, 1, size.Parameters);
        }
    }

    [Theory]
    [InlineData("Qwen--Qwen2.5-0.5B-Instruct", 494_032_768)]
    [InlineData("Qwen--Qwen3-0.6B", 596_049_920)]
    [InlineData("Qwen--Qwen3-8B", 8_190_735_360)]
    [InlineData("Qwen--Qwen3-32B", 32_762_123_264)]
    [InlineData("Qwen--Qwen3-30B-A3B", 30_532_122_624)]
    [InlineData("Qwen--Qwen3-235B-A22B", 235_093_634_560)]
    [InlineData("Qwen--Qwen3-VL-8B-Instruct", 8_767_123_696)]
    [InlineData("google--gemma-4-26B-A4B", 25_805_936_206)]
    [InlineData("google--vit-base-patch16-224", 86_389_248)]
    [InlineData("meta-llama--Llama-2-13b-hf", 13_015_864_320)]
    [InlineData("meta-llama--Meta-Llama-3.1-8B", 8_030_261_248)]
    [InlineData("meta-llama--Meta-Llama-3.1-70B", 70_553_706_496)]
    [InlineData("meta-llama--Meta-Llama-3.1-405B", 405_853_388_800)]
    [InlineData("microsoft--phi-2", 2_779_683_840)]
    [InlineData("mistralai--Mixtral-8x7B-v0.1", 46_702_792_704)]
    [InlineData("mistralai--Mixtral-8x22B-v0.1", 140_620_634_112)]
    [InlineData("openai--gpt-oss-20b", 20_914_757_184)]
    [InlineData("openai--gpt-oss-120b", 116_829_156_672)]
    [InlineData("zai-org--GLM-5", 743_911_218_432)]
    public void Parameters_are_those_of_the_file(string name, long published) => Assert.Equal(published, ModelSize.Of(Config(name)).Parameters);

    [Theory] // rounded by their makers, without layers for further tokens and without a picture encoder
    [InlineData("deepseek-ai--DeepSeek-V3", 671.0e9)]
    [InlineData("deepseek-ai--DeepSeek-R1", 671.0e9)]
    [InlineData("moonshotai--Kimi-K2-Instruct", 1026e9)]
    [InlineData("meta-llama--Llama-4-Scout-17B-16E-Instruct", 107.8e9)]
    public void Parameters_are_within_a_thousandth_of_the_rounded_total(string name, double published) => Assert.InRange(ModelSize.Of(Config(name)).Parameters / published, 0.999, 1.001);

    [Theory] // these two files were cut to 3 and 8 layers by whoever copied them; the model's own number is put back
    [InlineData("meta-llama--Llama-2-7b-hf", 3, 32, 6_738_415_616)]
    [InlineData("meta-llama--Llama-2-70b-hf", 8, 80, 68_976_648_192)]
    public void Parameters_of_a_shortened_file_are_the_models_with_its_own_layers(string name, int found, int own, long published)
    {
        ModelConfig config = Config(name);
        Assert.Equal(found, config.Layers.Length);
        Assert.Equal(published, ModelSize.Of(config with { Layers = [.. Enumerable.Repeat(config.Layers[0], own)] }).Parameters);
    }

    [Fact] // 109,482,240 is the encoder with its pooler; the file's architecture adds a classifier of two classes
    public void Bert_has_its_encoder_and_the_head_that_the_file_names()
    {
        ModelConfig config = Config("bert-base-uncased");
        Assert.Equal(109_482_240 + (768 * 2) + 2, ModelSize.Of(config).Parameters);
        Assert.Equal(109_482_240, ModelSize.Of(config with { Architecture = "BertModel" }).Parameters);
        Assert.Equal(109_514_298, ModelSize.Of(config with { Architecture = "BertForMaskedLM" }).Parameters);
    }

    [Fact]
    public void A_classifying_vit_has_a_head_and_no_pooler()
        => Assert.Equal(86_567_656, ModelSize.Of(Config("google--vit-base-patch16-224") with { Architecture = "ViTForImageClassification" }).Parameters);

    [Theory] // as the makers round them: with the token table, and for gpt-oss, by its model card, without
    [InlineData("mistralai--Mixtral-8x7B-v0.1", 12.9, true)]
    [InlineData("mistralai--Mixtral-8x22B-v0.1", 39.2, true)]
    [InlineData("Qwen--Qwen3-235B-A22B", 22.2, true)]
    [InlineData("Qwen--Qwen3-30B-A3B", 3.35, true)]
    [InlineData("deepseek-ai--DeepSeek-V3", 37.55, true)]
    [InlineData("google--gemma-4-26B-A4B", 3.82, true)]
    [InlineData("meta-llama--Llama-4-Scout-17B-16E-Instruct", 17.2, true)]
    [InlineData("openai--gpt-oss-20b", 3.61, false)]
    [InlineData("openai--gpt-oss-120b", 5.13, false)]
    public void A_token_meets_the_parameters_that_the_name_says(string name, double billions, bool table)
    {
        ModelSize size = ModelSize.Of(Config(name));
        long met = size.ActiveParameters - (table ? 0 : size.Parts.First(p => p.Part == WeightPart.Embedding).Parameters);
        Assert.InRange(met / 1e9 / billions, 0.995, 1.005);
    }

    [Theory] // the total_size of the makers' index files
    [InlineData("openai--gpt-oss-20b", 13_761_264_768)]
    [InlineData("openai--gpt-oss-120b", 65_248_815_744)]
    [InlineData("google--gemma-4-26B-A4B", 51_611_872_412)]
    public void The_file_takes_the_bytes_that_its_index_states(string name, long bytes) => Assert.Equal(bytes, ModelSize.Of(Config(name)).StoredBytes?.Value);

    private static ModelConfig Config(string name) => ModelConfig.Read(Path.Join(Folder(), name + ".json"));

    private static string Folder()
    {
        string folder = Path.Join(Environment.GetEnvironmentVariable("HEADROOM_DATA") ?? "", "model_configs", "full");
        if (!Directory.Exists(folder)) Assert.Skip("HEADROOM_DATA names no folder with model_configs: the published configs are not read.");
        return folder;
    }
}
