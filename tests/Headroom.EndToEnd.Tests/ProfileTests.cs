using System.Text.Json;

namespace Headroom.EndToEnd.Tests;

/// <summary>What <c>--profile</c> says and writes.</summary>
public sealed class ProfileTests
{
    private static readonly string[] Lanes = ["input wait", "copy in", "step", "validation", "checkpoint"];

    [Fact]
    public void A_profiled_run_leaves_a_trace_that_perfetto_reads()
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model + Scratch.Train);
        Said said = Cli.Run(s.Root, "train", "project", "--profile");
        Assert.True(said.Code == 0, said.ToString());
        Assert.Contains("Diagnosis", said.Out, StringComparison.Ordinal);
        Assert.Contains("bound by", said.Out, StringComparison.Ordinal);
        s.Run!.Verify();
        JsonElement[] events = Events(Path.Combine(s.Run.Path, "trace.json"));
        Assert.Equal(Lanes, events.Where(e => Text(e, "name") == "thread_name").Select(e => Text(e.GetProperty("args"), "name")));
        JsonElement[] spans = Spans(events);
        Assert.Equal(Lanes.Order(), spans.Where(e => Lanes.Contains(Text(e, "cat"))).Select(e => Text(e, "cat")).Distinct().Order());
        Assert.Equal(5, spans.Count(e => Text(e, "cat") == "step"));
    }

    [Fact]
    public void The_nodes_of_a_step_lie_within_it_one_after_another_and_nearly_fill_it()
    {
        using var s = new Scratch();
        string trace = Path.Combine(s.Root, "nodes.json");
        Said said = Cli.Run(s.Root, "bench", "step", "mlp", "--steps", "3", "--profile", "--trace", trace, "--json");
        Assert.True(said.Code == 0, said.ToString());
        JsonElement[] spans = Spans(Events(trace)), steps = [.. spans.Where(e => Text(e, "cat") == "step")], nodes = [.. spans.Where(e => e.TryGetProperty("args", out _))];
        Assert.Equal(3, steps.Length);
        foreach (JsonElement step in steps)
        {
            JsonElement[] inside = [.. nodes.Where(n => Start(n) >= Start(step) - 0.01 && End(n) <= End(step) + 0.01)];
            Assert.Equal(nodes.Length / 3, inside.Length);
            for (int i = 1; i < inside.Length; i++) Assert.True(Start(inside[i]) >= End(inside[i - 1]) - 0.01, "two nodes overlap");
            Assert.InRange(inside.Sum(n => End(n) - Start(n)) / (End(step) - Start(step)), 0.5, 1.0001);
        }
        JsonElement product = nodes.First(n => Text(n, "cat") == "matrix");
        Assert.True(product.GetProperty("args").GetProperty("flops").GetDouble() > 1e6);
        Assert.Contains("fp32[256, 784]", Text(nodes[0].GetProperty("args"), "shapes"), StringComparison.Ordinal);

        JsonElement diagnosis = JsonDocument.Parse(said.Out).RootElement;
        double parts = diagnosis.GetProperty("parts").EnumerateArray().Sum(p => p.GetProperty("seconds").GetDouble());
        Assert.Equal(diagnosis.GetProperty("step_s").GetDouble(), parts, 6);
        Assert.Equal(steps.Average(e => e.GetProperty("dur").GetDouble()) / 1e6, diagnosis.GetProperty("step_s").GetDouble(), 6);
    }

    private static JsonElement[] Events(string path)
    {
        JsonElement trace = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        return [.. trace.GetProperty("traceEvents").EnumerateArray()];
    }

    /// <summary>The complete events, each held against the format, in order.</summary>
    private static JsonElement[] Spans(JsonElement[] events)
    {
        Assert.All(events, e => Assert.Contains(Text(e, "ph"), (string[])["M", "X"]));
        JsonElement[] spans = [.. events.Where(e => Text(e, "ph") == "X")];
        double last = 0;
        foreach (JsonElement e in spans)
        {
            Assert.True(Start(e) >= last, "events stand in the order of their starts");
            last = Start(e);
            Assert.True(e.GetProperty("dur").GetDouble() >= 0);
            Assert.Equal(1, e.GetProperty("pid").GetInt32());
            Assert.InRange(e.GetProperty("tid").GetInt32(), 1, Lanes.Length);
        }
        return spans;
    }

    private static string Text(JsonElement e, string key) => e.GetProperty(key).GetString()!;

    private static double Start(JsonElement e) => e.GetProperty("ts").GetDouble();

    private static double End(JsonElement e) => Start(e) + e.GetProperty("dur").GetDouble();
}
