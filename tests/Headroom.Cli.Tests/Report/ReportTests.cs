using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Headroom.Cli.Report;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;
using Headroom.Evidence.Quantities;
using Headroom.Evidence.Runs;

namespace Headroom.Cli.Tests.Report;

public sealed class ReportTests : IDisposable
{
    private const string Nasty = "<script>alert(\"x\")</script> & 'List<T>' ]]> \u202E\u0007";
    private readonly string _root = Directory.CreateTempSubdirectory("headroom-report-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_whole_run_has_every_section()
    {
        string page = Write([Samples.Plan(), Samples.Training(), Samples.Evaluation()], Samples.Snippet);
        XElement[] sections = [.. Parse(page).Descendants("section")];
        Assert.Equal(["training", "reliability", "confusion", "classes", "memory", "time", "use", "measurements", "provenance"], sections.Select(s => s.Attribute("id")!.Value));
        Assert.Contains("91.2 %", page);
        Assert.Contains("90.5 % to 91.9 %", page);
        Assert.Contains("2.5 percentage points better than the plain linear model, and the 95 % intervals do not overlap", page);
        Assert.Contains("1 of 3 gates pass", page);
        Assert.Contains("to the byte.", page);
        Assert.Contains("Training took 7 MiB (3.3 %) more than predicted. That lies within the plan&#39;s interval.", page);
        Assert.Equal(Samples.Snippet.ReplaceLineEndings("\n"), Parse(page).Descendants("code").Single(c => c.Parent!.Name == "pre").Value);
    }

    [Fact]
    public void The_same_documents_give_the_same_bytes()
    {
        Document[] documents = [Samples.Plan(), Samples.Training(), Samples.Evaluation()];
        RunFolder run = Run(documents);
        ReportWriter.Write(run, Samples.Snippet);
        byte[] first = File.ReadAllBytes(run.Report);
        ReportWriter.Write(run, Samples.Snippet);
        Assert.Equal(first, File.ReadAllBytes(run.Report));
        Assert.Empty(Directory.GetFiles(run.Path, ".headroom-*"));
    }

    [Fact]
    public void Nothing_is_fetched_from_anywhere()
    {
        string page = Write([Samples.Plan(), Samples.Training(), Samples.Evaluation()], Samples.Snippet);
        Assert.DoesNotMatch(@"https?:|//|url\(|@import|<script|<link|<img|<iframe| src=", page);
        Assert.All(Parse(page).Descendants().Attributes("href"), href => Assert.StartsWith("#", href.Value));
        string[] targets = [.. Parse(page).Descendants().Attributes("id").Select(a => a.Value)];
        Assert.All(Parse(page).Descendants().Attributes("href"), href => Assert.Contains(href.Value[1..], targets));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    public void A_section_says_which_document_is_missing(bool plan, bool training, bool evaluation)
    {
        string page = Write([.. new Document?[] { plan ? Samples.Plan() : null, training ? Samples.Training() : null, evaluation ? Samples.Evaluation() : null }.OfType<Document>()]);
        Parse(page);
        Assert.Equal(!plan, page.Contains("no plan.json", StringComparison.Ordinal));
        Assert.Equal(!training, page.Contains("no training.json", StringComparison.Ordinal));
        Assert.Equal(!evaluation, page.Contains("no evaluation.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_from_outside_stay_text()
    {
        string[] classes = [Nasty, "a&b", "\"quoted\"", "\uD83D\uDE00 smile"];
        PlanDocument plan = Samples.Plan() with
        {
            Machine = new Dictionary<string, string> { [Nasty] = Nasty },
            Settings = Settings.Of((Nasty, Nasty), ("list", new[] { Nasty })),
            Inputs = Samples.Hashes((Nasty, 'a')),
            Buffers = [new PlanItem(Nasty, new Bytes(1), 1)],
            Operators = [new OperatorCost(Nasty, 1, new Flops(1), new Bytes(1), new Bytes(1), new Bytes(1))],
            Measurements = [new(Nasty, 1, Nasty, null, Nasty)],
        };
        TrainingDocument training = Samples.Training(10) with { Outcome = new Outcome(OutcomeKind.Failed, Nasty), TimeByOperator = [new OperatorTime(Nasty, new Seconds(1), 1)] };
        EvaluationDocument evaluation = Samples.Evaluation(classes) with
        {
            Baseline = new Baseline(Nasty, [new("baseline_accuracy", 0.5, "fraction")]),
            Gates = [new GateResult(Nasty, GateOutcome.Fail, 1, Nasty)],
            Measurements = [new("accuracy", 0.5, "fraction", null, Nasty), new(Nasty, 1, Nasty, null, Nasty)],
        };
        string page = Write([plan, training, evaluation], Nasty, sample: Nasty);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain('\u0007', page);
        string shown = Nasty.Replace('\u0007', '\uFFFD');
        Assert.Contains(Parse(page).Descendants("th"), th => th.Value == shown);
        Assert.Contains(Parse(page).Descendants("pre"), pre => pre.Value == shown);
        Assert.Contains(Parse(page).Descendants("title"), title => title.Value == shown); // beside the shortened name in the matrix
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(30, true)]
    [InlineData(40, false)]
    [InlineData(300, false)]
    public void Many_classes_become_a_list_of_pairs(int count, bool heat)
    {
        string page = Write([Samples.Evaluation([.. Enumerable.Range(0, count).Select(i => $"class number {i} of a rather long name that goes on")])]);
        XElement confusion = Parse(page).Descendants("section").Single(s => s.Attribute("id")!.Value == "confusion");
        Assert.Equal(heat, confusion.Descendants("svg").Any());
        if (!heat) Assert.Equal(20, confusion.Descendants("tbody").Single().Elements().Count());
        Assert.Equal(count, Parse(page).Descendants("section").Single(s => s.Attribute("id")!.Value == "classes").Descendants("tbody").Elements().Count());
    }

    [Fact]
    public void Empty_and_extreme_documents_are_drawn_without_numbers_that_are_none()
    {
        PlanDocument plan = new()
        {
            Created = default,
            Measurements = [new("graph_bytes", 0, "bytes"), new("working_bytes", 1e300, "bytes"), new("tiny", 4.9e-324, "x"), new("low", -1e308, "seconds")],
            Buffers = [new PlanItem("nothing", Bytes.Zero, 0), new PlanItem("all", new Bytes(long.MaxValue), 7), new PlanItem("all again", new Bytes(long.MaxValue), -3)],
            Operators = [new OperatorCost("Add", int.MaxValue, new Flops(0), new Bytes(long.MaxValue), new Bytes(long.MaxValue), Bytes.Zero), new OperatorCost("Mul", int.MaxValue, new Flops(0), new Bytes(long.MaxValue), Bytes.Zero, Bytes.Zero)],
        };
        TrainingDocument training = new()
        {
            Created = default,
            Measurements = [new("working_bytes", 0, "bytes")],
            Outcome = new Outcome(OutcomeKind.Interrupted),
            History = [new StepRecord(0, 0, 0, 0, 0, new Seconds(0))],
            Validation = [new ValidationRecord(long.MaxValue, 1e300)],
            TimeByOperator = [new OperatorTime("Add", new Seconds(0), 0)],
        };
        EvaluationDocument evaluation = new()
        {
            Created = default,
            Measurements = [new("accuracy", 0, "fraction", new Interval(double.NegativeInfinity, double.PositiveInfinity), "", 0), new("ece", 0, "fraction", new Interval(double.NegativeInfinity, 0.5))],
            Classes = ["only"],
            ConfusionMatrix = [[0]],
            PerClass = [new ClassScore("only", 0, null, null, null)],
            Reliability = [new ReliabilityBin(0, 1, 0, null, null), new ReliabilityBin(-5, 5, 3, 2, -1)],
            Baseline = new Baseline("none", [new("baseline_accuracy", 0, "fraction", new Interval(0, 0))]),
            Gates = [new GateResult("accuracy >= 1", GateOutcome.Missing, null, "")],
        };
        string page = Write([plan, training, evaluation]);
        Parse(page);
        Assert.DoesNotMatch("NaN|Infinity|∞|E\\+", Regex.Replace(page, "title=\"[^\"]*\"", ""));
        Assert.DoesNotMatch("(width|height|r)=\"-", page);
        Assert.Contains("No rows were measured.", page);
    }

    [Fact]
    public void A_language_model_has_no_classes_but_a_sample()
    {
        EvaluationDocument evaluation = new()
        {
            Created = default,
            Measurements = [new("loss_per_token", 1.52, "nats", new Interval(1.49, 1.55), "mean of -ln p(next token)", 217), new("perplexity", 4.57, "tokens", new Interval(4.44, 4.71), "exp of the loss per token", 217)],
        };
        string page = Write([Samples.Plan(), Samples.Training(300), evaluation], Samples.Snippet, sample: "ROMEO:\nWhat, <ho>!\n");
        string?[] sections = [.. Parse(page).Descendants("section").Select(s => s.Attribute("id")?.Value)];
        Assert.DoesNotContain("reliability", sections);
        Assert.DoesNotContain("confusion", sections);
        Assert.DoesNotContain("classes", sections);
        Assert.Contains("Test perplexity on 217 rows", page);
        Assert.Contains("What, &lt;ho&gt;!", page);
    }

    [Fact]
    public void A_long_sample_is_cut() => Assert.InRange(Write([], sample: new string('x', 1 << 20)).Length, 16 << 10, 64 << 10);

    [Fact]
    public void A_link_to_another_document_than_the_one_here_is_shown_as_broken()
    {
        RunFolder run = Run([Samples.Plan()]);
        run.Write(Samples.Training(20, run.HashOf<PlanDocument>()));
        ReportWriter.Write(run);
        Assert.Contains("✓ the one of this run", File.ReadAllText(run.Report));
        run.Write(Samples.Training(20));
        ReportWriter.Write(run);
        Assert.Contains("✗ not the one of this run", File.ReadAllText(run.Report));
    }

    [Fact]
    public void A_torn_document_is_refused_and_the_old_report_stays()
    {
        RunFolder run = Run([Samples.Plan()]);
        File.WriteAllText(run.Report, "old");
        File.WriteAllText(run.Training, "{\"schema\": \"headroom/train");
        Assert.Throws<InputException>(() => ReportWriter.Write(run));
        Assert.Equal("old", File.ReadAllText(run.Report));
    }

    [Fact]
    public void A_history_of_many_steps_makes_no_large_file() => Assert.InRange(Write([Samples.Training(100_000)]).Length, 1000, 150_000);

    [Theory]
    [InlineData(0.90, 0.92, 0.80, 0.85, "do not overlap")]
    [InlineData(0.80, 0.85, 0.90, 0.92, "worse than the plain linear model, and")]
    [InlineData(0.80, 0.91, 0.90, 0.92, "but the 95 % intervals overlap")]
    public void The_verdict_follows_the_intervals(double low, double high, double otherLow, double otherHigh, string says)
    {
        Measurement ours = new("accuracy", (low + high) / 2, "fraction", new Interval(low, high)), theirs = new("baseline_accuracy", (otherLow + otherHigh) / 2, "fraction", new Interval(otherLow, otherHigh));
        Assert.Contains(says, Score.Verdict(ours, theirs, "plain linear model"));
    }

    [Fact]
    public void Lower_is_better_for_perplexity() =>
        Assert.Contains("better", Score.Verdict(new("perplexity", 3, "tokens", new Interval(2.9, 3.1)), new("baseline_perplexity", 5, "ratio", new Interval(4, 6)), "seasonal naive forecast"));

    private string Write(Document[] documents, string? snippet = null, string? sample = null)
    {
        RunFolder run = Run(documents);
        if (sample is not null) File.WriteAllText(Path.Join(run.Path, "sample.txt"), sample);
        ReportWriter.Write(run, snippet);
        return File.ReadAllText(run.Report);
    }

    private RunFolder Run(Document[] documents)
    {
        RunFolder run = RunFolder.Create(_root, "apidocs", new DateTimeOffset(2026, 11, 23, 9, 10, 0, TimeSpan.Zero));
        foreach (Document document in documents) run.Write(document);
        return run;
    }

    /// <summary>The page is well-formed XML, which a slip in escaping or nesting would break.</summary>
    private static XDocument Parse(string page)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
