using System.CommandLine;
using System.Text.Json;
using System.Xml.Linq;
using Headroom.Cli.Planning;
using Headroom.Evidence;
using Headroom.Planning.Search;

namespace Headroom.Cli.Tests.Planning;

public sealed class PlanRequestTests
{
    private static (PlanOptions Options, ParseResult Typed) Type(string line)
    {
        var options = new PlanOptions();
        var command = new RootCommand { options.Model };
        foreach (Option option in options.All) command.Add(option);
        return (options, command.Parse(line));
    }

    private static PlannedRequest Read(string line)
    {
        (PlanOptions options, ParseResult typed) = Type(line);
        return RequestReader.Read(options, typed);
    }

    [Fact]
    public void What_is_said_is_taken_and_the_rest_is_assumed_aloud()
    {
        PlannedRequest planned = Read("llama-3-8b --task finetune --on h100,a100-80gb --gpus ..4 --budget \"100 EUR, 2 days\" --sequence 2048 --data 50M --goal money");
        SearchRequest r = planned.Request;
        Assert.Equal((2048, 50e6, PlanGoal.Money), (r.Sequence, r.Tokens, r.Goal));
        Assert.Equal(2, r.Devices.Count);
        Assert.All(r.Devices, d => Assert.Equal(4, d.Most));
        Assert.NotNull(r.Job.AdapterParameters);
        Assert.True(r.Limits.Dollars > 100, "a euro is more than a dollar");
        Assert.Equal(172800, r.Limits.Time!.Value.Value);
        Assert.Equal("EUR", planned.Currency);
        Assert.Contains(planned.Assumptions, a => a.Contains("--batch", StringComparison.Ordinal));
        Assert.DoesNotContain(planned.Assumptions, a => a.Contains("--data", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("llama-3-8b --on h1000", "H100")]
    [InlineData("lama-3-8b", "Did you mean")]
    [InlineData("llama-3-8b --on h100 --tensor 7", "32 heads can't be shared evenly by 7")]
    [InlineData("llama-3-8b --on h100 --stages 5", "32 layers can't be cut into 5")]
    [InlineData("llama-3-8b --on h100 --price h100=-2", "no price of an hour")]
    [InlineData("llama-3-8b --on h100 --gpus 0", "accelerators")]
    [InlineData("llama-3-8b --on h100 --goal speed", "There are time, money, energy")]
    [InlineData("llama-3-8b --on h100 --method lorra", "Did you mean 'lora'")]
    [InlineData("llama-3-8b --on h100 --sequence 5M", "more than the")]
    [InlineData("llama-3-8b --on h100 --pue 0.5", "less than the machines draw")]
    [InlineData("llama-3-8b --on h100 --rank 100000", "no rank")]
    [InlineData("llama-3-8b --on h100 --data lots", "no number of tokens")]
    [InlineData("llama-3-8b --on h100 --exchange EUR", "what a dollar buys")]
    [InlineData("./nowhere/config.json", "there is no such file")]
    [InlineData("llama-3-8b --on ,", "names no accelerator")]
    public void What_cannot_be_is_refused_and_what_would_be_right_is_said(string line, string reason) => Assert.Contains(reason, Assert.Throws<InputException>(() => Read(line)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("llama-3-8b --task infer --on h100 --weights 3", "widths that weights can have")]
    [InlineData("llama-3-8b --task infer --on h100 --latency -1", "is no time")]
    [InlineData("llama-3-8b --task infer --on h100 --prefix 2000", "more than the prompt's")]
    [InlineData("llama-3-8b --task infer --on h100 --input 9M", "more than the")]
    [InlineData("llama-3-8b --task infer --on h100 --cache 7", "caches of 7 bits")]
    [InlineData("bert-base --task infer --on h100", "writes no tokens")]
    public void Serving_is_refused_alike(string line, string reason)
    {
        (PlanOptions options, ParseResult typed) = Type(line);
        Assert.Contains(reason, Assert.Throws<InputException>(() => ServingReader.Read(options, typed)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.onnx --task infer --on l4 --rate -1", "requests a second can't be")]
    [InlineData("net.onnx --task infer --on l4 --own l4=3", "without a rate of requests")]
    [InlineData("net.onnx --task infer --on l4 --rate 5 --own h100=1", "isn't among the devices")]
    [InlineData("net.onnx --task infer --on l4 --rate 5 --own l4=-4", "no price")]
    [InlineData("net.onnx --task infer --on l4 --rate 5 --peak 0.5", "busiest second")]
    [InlineData("net.onnx --task infer --on l4 --rate 5 --years 0", "0 years can't be")]
    [InlineData("net.onnx --task infer --on l4 --rate 5 --round-trip -3", "-3 can't be")]
    public void Places_that_cannot_be_are_refused(string line, string reason)
    {
        (PlanOptions options, ParseResult typed) = Type(line);
        PlanFleet fleet = PlanFleet.Read(options, typed, "int8");
        Assert.Contains(reason, Assert.Throws<InputException>(() => PlacementView.Read(options, typed, fleet, [new(fleet.Accelerators[0], 0.01, 100, 50, 10)], null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Owned_and_rented_devices_are_weighed_over_a_month()
    {
        (PlanOptions options, ParseResult typed) = Type("net.onnx --task infer --on l4,jetson-orin-nano-8gb --price l4=0.50 --rate 40 --peak 6 --own jetson-orin-nano-8gb=480 --round-trip 30");
        PlanFleet fleet = PlanFleet.Read(options, typed, "int8");
        var answer = PlacementView.Read(options, typed, fleet, fleet.Accelerators.Select(a => new Headroom.Planning.Economics.Answering(a, 0.01, 100, 50, 10)), null)!.Json();
        Assert.Equal(2, answer["places"]!.AsArray().Count);
        // Owned is the cheaper: 480 dollars over four years and upkeep are 14 a month, a rented card is 365 a month for each of three.
        Assert.True(answer["places"]![0]!["owned"]!.GetValue<bool>());
        Assert.Equal(3, answer["places"]![1]!["units"]!.GetValue<long>());
        Assert.Equal(3 * 0.5 * 730.5, answer["places"]![1]!["usd_a_month"]!.GetValue<double>(), 1e-6);
        Assert.Equal(0.04, answer["places"]![1]!["latency_seconds"]!.GetValue<double>(), 1e-9);
        Assert.Equal(0, answer["break_even_requests_per_second"]!.GetValue<double>());
    }

    [Fact]
    public void A_config_with_a_key_missing_is_named()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string file = Path.Join(folder, "config.json");
        File.WriteAllText(file, """{"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":512,"num_attention_heads":8,"vocab_size":1000}""");
        string message = Assert.Throws<InputException>(() => Read($"{file} --on h100")).Message;
        Assert.Contains("config.json", message, StringComparison.Ordinal);
        Assert.Contains("num_hidden_layers", message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_page_is_well_formed_and_the_json_holds_the_plan()
    {
        PlannedRequest planned = Read("llama-3-8b --task finetune --on h100 --gpus ..2");
        var search = new TrainingSearch(planned.Request);
        SearchResult result = search.Run();
        XDocument page = XDocument.Parse(PlanPage.Page(planned, search, result).Text);
        Assert.Contains("H100", page.Descendants("h1").Single().Value, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(PlanJson.Of(planned, search, result)).RootElement;
        Assert.Equal(result.Best!.Time.Seconds, json.GetProperty("best").GetProperty("step_seconds").GetDouble());
        Assert.Equal(result.Front.Count, json.GetProperty("front").GetArrayLength());
    }

    [Fact]
    public void A_served_model_keeps_to_memory_and_latency()
    {
        (PlanOptions options, ParseResult typed) = Type("llama-3-8b --task infer --on h100,l4 --latency 40");
        ServingResult result = new ServingSearch(ServingReader.Read(options, typed).Request).Run();
        Assert.NotEmpty(result.Plans);
        Assert.All(result.Plans, p => Assert.True(p.Estimate.TimePerToken <= 0.04 && p.Estimate.Memory.Fits && p.Batch >= 1));
        Assert.Equal(result.Plans.Min(p => p.DollarsPerMillion), result.Plans[0].DollarsPerMillion);
    }
}
