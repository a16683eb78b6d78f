using Headroom.Evidence.Runs;

namespace Headroom.Evidence.Tests.Runs;

public sealed class RunLogTests
{
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 23, 9, 10, 0, TimeSpan.Zero);
    }

    [Fact]
    public void Events_are_lines_of_JSON_that_read_back()
    {
        using TemporaryFolder folder = new();
        using (RunLog log = RunLog.Open(folder["log.jsonl"], new StoppedClock()))
        {
            log.Append("start");
            log.Append("step", ("step", 12L), ("loss", 0.5), ("note", "two\nlines"), ("rows", new[] { 1, 2 }));
            log.Append("stop", ("loss", double.NaN), ("rate", float.PositiveInfinity), ("why", null));
        }
        Assert.Equal(
            """
            {"time":"2026-11-23T09:10:00.0000000Z","event":"start"}
            {"time":"2026-11-23T09:10:00.0000000Z","event":"step","step":12,"loss":0.5,"note":"two\nlines","rows":[1,2]}
            {"time":"2026-11-23T09:10:00.0000000Z","event":"stop","loss":"NaN","rate":"Infinity","why":null}

            """.ReplaceLineEndings("\n"), File.ReadAllText(folder["log.jsonl"]));
        LogContent content = RunLogReader.Read(folder["log.jsonl"]);
        Assert.Null(content.Torn);
        Assert.Equal(["start", "step", "stop"], content.Entries.Select(e => e.Event));
        Assert.Equal("two\nlines", content.Entries[1].Fields["note"].GetString());
        Assert.Equal(TimeSpan.Zero, content.Entries[0].Time.Offset);
    }

    [Fact]
    public void A_line_can_be_read_while_the_log_is_open()
    {
        using TemporaryFolder folder = new();
        using RunLog log = RunLog.Open(folder["log.jsonl"]);
        log.Append("start");
        Assert.Single(RunLogReader.Read(folder["log.jsonl"]).Entries);
    }

    [Fact] // a kill may come after any byte
    public void A_log_torn_anywhere_reads_up_to_its_last_whole_line_and_can_be_continued()
    {
        using TemporaryFolder folder = new();
        string path = folder["log.jsonl"];
        using (RunLog log = RunLog.Open(path, new StoppedClock()))
        {
            log.Append("first", ("text", "ü"));
            log.Append("second", ("text", "日本"));
        }
        byte[] whole = File.ReadAllBytes(path);
        int firstEnd = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int length = firstEnd; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            LogContent content = RunLogReader.Read(path);
            bool complete = length >= whole.Length - 1;
            Assert.Equal(complete ? 2 : 1, content.Entries.Count);
            Assert.Equal(length > firstEnd && !complete, content.Torn is not null);
            using (RunLog log = RunLog.Open(path)) log.Append("after");
            content = RunLogReader.Read(path);
            Assert.Null(content.Torn);
            Assert.Equal(complete ? ["first", "second", "after"] : (string[])["first", "after"], content.Entries.Select(e => e.Event));
        }
    }

    [Fact]
    public void A_broken_line_in_the_middle_is_refused_with_its_number()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["log.jsonl"], "{\"time\":\"2026-11-23T09:10:00.0000000Z\",\"event\":\"a\"}\nnonsense\n{\"time\"");
        Assert.StartsWith(folder["log.jsonl"] + ", line 2: ", Assert.Throws<InputException>(() => RunLogReader.Read(folder["log.jsonl"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_is_refused_before_it_fills_the_memory()
    {
        using TemporaryFolder folder = new();
        using (FileStream hole = File.Create(folder["log.jsonl"])) hole.SetLength(64 << 20);
        Assert.Contains("longer than", Assert.Throws<InputException>(() => RunLogReader.Read(folder["log.jsonl"])).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => RunLog.Open(folder["log.jsonl"]));
    }

    [Fact]
    public void Threads_do_not_mix_their_lines()
    {
        using TemporaryFolder folder = new();
        using (RunLog log = RunLog.Open(folder["log.jsonl"])) Parallel.For(0, 200, i => log.Append("step", ("step", i)));
        Assert.Equal(Enumerable.Range(0, 200), RunLogReader.Read(folder["log.jsonl"]).Entries.Select(e => e.Fields["step"].GetInt32()).Order());
    }

    [Fact]
    public void A_field_may_not_take_the_name_of_another()
    {
        using TemporaryFolder folder = new();
        using RunLog log = RunLog.Open(folder["log.jsonl"]);
        Assert.Throws<ArgumentException>(() => log.Append("a", ("time", 1)));
        Assert.Throws<ArgumentException>(() => log.Append("a", ("x", 1), ("x", 2)));
    }

    [Fact]
    public void A_log_that_cannot_be_made_or_found_is_refused()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<InputException>(() => RunLog.Open(folder["missing/log.jsonl"]));
        Assert.Throws<InputException>(() => RunLogReader.Read(folder["log.jsonl"]));
    }
}
