using System.Text.Json;

namespace Headroom.EndToEnd.Tests;

/// <summary>The bench beside a peer that prints what it is told to: what is tested is the arithmetic and the words, not this machine.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly Scratch _s = new();

    public void Dispose() => _s.Dispose();

    [Fact]
    public void A_fixed_number_of_rounds_gives_one_line_with_its_interval()
    {
        string peer = Peer(Line(stepSeconds: 1000));
        JsonElement line = Assert.Single(Lines(Cli.Run(_s.Root, "bench", "train", "--workload", "mlp", "--dtype", "mixed", "--peer-dtype", "bf16", "--rounds", "2", "--steps", "2", "--threads", "2", "--peer", peer, "--json")));
        Assert.Equal("mixed", line.GetProperty("dtype").GetString());
        Assert.Equal("bf16", line.GetProperty("peer_dtype").GetString());
        Assert.Equal(1000, line.GetProperty("peer_s").GetDouble());
        Assert.Equal(2, line.GetProperty("rounds").GetInt32());
        double low = line.GetProperty("speedup_low").GetDouble(), middle = line.GetProperty("speedup").GetDouble(), high = line.GetProperty("speedup_high").GetDouble();
        Assert.True(low <= middle && middle <= high, $"{low} {middle} {high}");
        Assert.InRange(line.GetProperty("ours_s").GetDouble() * middle, 500, 2000);
        Assert.Equal(400, line.GetProperty("peer_working_bytes").GetInt64());
        Assert.Equal(2.5, line.GetProperty("peer_last_loss").GetDouble());
        Assert.Equal(line.GetProperty("planned_graph_bytes").GetInt64(), line.GetProperty("ours_graph_bytes").GetInt64());
        Assert.True(line.GetProperty("share_of_flops_bound").GetDouble() > 0);
        // Once to build itself, then a round at a time, as the arguments say.
        string[] asked = File.ReadAllLines(Path.Combine(_s.Root, "asked.txt"));
        Assert.Equal(3, asked.Length);
        Assert.All(asked[1..], a => Assert.Equal("mlp --dtype bf16 --steps 2 --warmup 5 --threads 2", a));
    }

    [Fact]
    public void The_table_has_three_pairs_of_precisions_and_runs_no_program_twice_for_them()
    {
        string peer = Peer(Line(stepSeconds: 1000));
        Said said = Cli.Run(_s.Root, "bench", "train", "--workload", "mlp", "--table", "--rounds", "1", "--steps", "1", "--peer", peer);
        Assert.True(said.Code == 0, said.ToString());
        Assert.Matches(@"mlp\W+mixed\W+fp32", said.Out);
        Assert.Matches(@"mlp\W+mixed\W+bf16", said.Out);
        Assert.Matches(@"mlp\W+fp32\W+fp32", said.Out);
        Assert.Contains("speed-up", said.Out, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_s.Root, "asked.txt")).Length);
    }

    [Fact]
    public void Rounds_that_agree_end_before_their_time()
    {
        // Two numbers that our own noise can't move: the peer's time follows from nothing, but the interval takes six rounds at the least.
        string peer = Peer(Line(stepSeconds: 1000));
        JsonElement line = Assert.Single(Lines(Cli.Run(_s.Root, "bench", "train", "--workload", "mlp", "--dtype", "fp32", "--seconds", "8", "--steps", "1", "--threads", "2", "--peer", peer, "--json")));
        bool narrow = (line.GetProperty("speedup_high").GetDouble() - line.GetProperty("speedup_low").GetDouble()) <= 0.0301 * line.GetProperty("speedup").GetDouble();
        Assert.True(line.GetProperty("rounds").GetInt32() >= (narrow ? 6 : 1), line.ToString());
    }

    [Theory]
    [InlineData("the last line is no number", "it lacks the number 'step_s'", "{\"step_s\": \"soon\"}")]
    [InlineData("no line at all", "its last line is no JSON object", "building ...")]
    public void A_peer_that_says_nothing_of_use_is_named(string why, string what, string prints)
    {
        Said said = Cli.Run(_s.Root, "bench", "train", "--workload", "mlp", "--dtype", "fp32", "--rounds", "1", "--steps", "1", "--peer", Peer(prints));
        Assert.True(said.Code == 2, why + said);
        Assert.Contains(what, said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_fails_is_told_apart_from_one_that_is_not_there()
    {
        string broken = Path.Combine(_s.Root, "broken.sh");
        Script(broken, "echo 'g++: command not found' >&2; exit 127");
        Said said = Cli.Run(_s.Root, "bench", "train", "--workload", "mlp", "--peer", broken);
        Assert.Equal(2, said.Code);
        Assert.Contains("the peer doesn't run", said.Error, StringComparison.Ordinal);
        Assert.Contains("g++: command not found", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no such file", "bench", "train", "--workload", "mlp", "--peer", "nowhere.sh")]
    [InlineData("there is no such workload", "bench", "train", "--workload", "gtp")]
    [InlineData("there is no such workload", "bench", "conditions", "--workload", "gtp")]
    [InlineData("0 is not positive", "bench", "train", "--workload", "mlp", "--rounds", "0")]
    [InlineData("0 is not positive", "bench", "train", "--workload", "mlp", "--seconds", "0")]
    [InlineData("0 is not positive", "bench", "conditions", "--rounds", "0")]
    [InlineData("it has every pair of precisions", "bench", "train", "--table", "--dtype", "mixed")]
    [InlineData("Argument 'fp8' not recognized", "bench", "train", "--dtype", "fp8")]
    [InlineData("Argument 'mixed' not recognized", "bench", "train", "--peer-dtype", "mixed")]
    public void Wrong_usage_ends_with_2_before_anything_is_measured(string what, params string[] arguments)
    {
        Said said = Cli.Run(_s.Root, arguments);
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains(what, said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_change_one_thing_at_a_time()
    {
        JsonElement[] lines = Lines(Cli.Run(_s.Root, "bench", "conditions", "--workload", "mlp", "--rounds", "1", "--steps", "1", "--threads", "2", "--json"));
        Assert.Equal(14, lines.Length);
        foreach (JsonElement[] half in lines.Chunk(7))
        {
            Assert.Equal([256, 256, 64, 128, 512, 256, 256], half.Select(l => l.GetProperty("batch").GetInt64()));
            Assert.Equal([2, 2, 2, 2, 2, 1, 2], half.Select(l => l.GetProperty("threads").GetInt32()));
            Assert.Equal(1, half[0].GetProperty("rows_against_usual").GetDouble());
            Assert.True(half[1].GetProperty("step_s").GetDouble() > half[0].GetProperty("step_s").GetDouble(), "a first step touches its memory for the first time");
            Assert.All(half, l => Assert.True(l.GetProperty("working_bytes").GetInt64() > 1 << 20));
        }
        Assert.Equal(["fp32", "mixed"], lines.Select(l => l.GetProperty("dtype").GetString()!).Distinct());
    }

    private static JsonElement[] Lines(Said said)
    {
        Assert.True(said.Code == 0, said.ToString());
        return [.. said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
    }

    private static string Line(double stepSeconds)
        => FormattableString.Invariant($$"""{"step_s": {{stepSeconds}}, "first_loss": 3.5, "last_loss": 2.5, "baseline_rss_bytes": 100, "peak_rss_bytes": 500}""");

    /// <summary>A peer that writes down what it was asked for, and prints a line.</summary>
    private string Peer(string prints)
    {
        string path = Path.Combine(_s.Root, "peer.sh");
        Script(path, $"echo \"$@\" >> '{Path.Combine(_s.Root, "asked.txt")}'\necho '{prints}'");
        return path;
    }

    private static void Script(string path, string text)
    {
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
