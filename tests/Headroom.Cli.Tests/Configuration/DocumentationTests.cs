using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Headroom.Cli.Configuration;
using Headroom.Data.Readers;
using Headroom.Evaluation;
using Headroom.Evaluation.Forecasting;
using Headroom.Evaluation.Language;

namespace Headroom.Cli.Tests.Configuration;

/// <summary>What the documents say is what the program does.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = Repository.Read("docs", "headroom-yaml.md");

    [Fact]
    public void The_readme_shows_the_sample_as_it_is()
    {
        string readme = Repository.Read("README.md"), sample = Repository.Read("samples", "csharp", "Program.cs").Trim();
        Assert.Single(SampleBlock().Matches(readme));
        Repository.Holds(SampleBlock().Replace(readme, m => m.Groups["head"].Value + sample + "\n```"), "README.md");
    }

    [Fact]
    public void The_schema_in_the_documents_is_what_the_program_prints() => Repository.Holds(SettingsSchema.Text() + "\n", "docs", "headroom.schema.json");

    [Fact]
    public void The_schema_lets_a_reader_be_named_beside_its_own_keys()
    {
        var train = System.Text.Json.Nodes.JsonNode.Parse(SettingsSchema.Text())!["properties"]!["data"]!["properties"]!["train"]!;
        Assert.Equal(ReaderCatalog.Names.Count, train["allOf"]!.AsArray().Count);
        Assert.All(train["allOf"]!.AsArray(), a => Assert.Equal(a!["if"]!["properties"]!["reader"]!["const"]!.GetValue<string>(), a["then"]!["properties"]!["reader"]!["const"]!.GetValue<string>()));
    }

    /// <summary>Every settings record, and the section that explains it.</summary>
    [Theory]
    [InlineData(typeof(ProjectSettings), "# headroom.yaml")]
    [InlineData(typeof(DataSettings), "## data")]
    [InlineData(typeof(Headroom.Data.Splits.SplitOptions), "### data.split")]
    [InlineData(typeof(TextSettings), "### data.text")]
    [InlineData(typeof(SeriesSettings), "### data.series")]
    [InlineData(typeof(FileSettings), "### data.files")]
    [InlineData(typeof(ModelSettings), "## model")]
    [InlineData(typeof(TrainSettings), "## train")]
    [InlineData(typeof(BudgetSettings), "### train.budget")]
    [InlineData(typeof(AdapterSettings), "### train.adapter")]
    [InlineData(typeof(EvaluateSettings), "## evaluate")]
    public void Every_setting_is_explained_with_its_default(Type record, string heading)
    {
        Dictionary<string, string[]> rows = Table(Section(heading));
        object defaults = record == typeof(Headroom.Data.Splits.SplitOptions) ? new DataSettings().Split : Activator.CreateInstance(record)!;
        PropertyInfo[] properties = [.. record.GetProperties().Where(p => p.SetMethod is not null)];
        Assert.Equal(properties.Select(p => YamlBinder.Key(p.Name)).Order(), rows.Keys.Order());
        foreach (PropertyInfo p in properties)
            if (Default(p.GetValue(defaults)) is string expected) Assert.Equal($"`{expected}`", rows[YamlBinder.Key(p.Name)][^1]);
    }

    [Fact]
    public void Every_setting_of_the_model_says_which_presets_it_is_for()
    {
        foreach ((string key, string[] cells) in Table(Section("## model")))
        {
            IReadOnlyList<object> owners = typeof(ModelSettings).GetProperties().Single(p => YamlBinder.Key(p.Name) == key).GetCustomAttribute<OnlyAttribute>()?.Values ?? [];
            Assert.Equal(string.Join(", ", owners.Select(o => YamlBinder.Key(o.ToString()!))), cells[1]);
        }
    }

    public static TheoryData<string> Readers() => [.. ReaderCatalog.Names];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Every_setting_of_a_reader_is_explained(string reader)
    {
        string heading = Assert.Single(Page.Split('\n'), l => l.StartsWith("### ", StringComparison.Ordinal) && l.Contains($"`{reader}`", StringComparison.Ordinal));
        Dictionary<string, string[]> rows = Table(Section(heading));
        Assert.All(ReaderCatalog.SchemaOf(reader)["properties"]!.AsObject(), p => Assert.Contains(p.Key, rows.Keys));
    }

    [Fact]
    public void Every_measure_that_gates_can_name_is_listed()
    {
        string section = Section("## evaluate");
        Assert.All([.. ClassifierEvaluation.Names, .. Measures.Names<LanguageScores>(), .. Measures.Names<ForecastScores>()], n => Assert.Contains($"`{n}`", section, StringComparison.Ordinal));
    }

    public static TheoryData<string> Samples() => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "samples")).Where(d => File.Exists(Path.Combine(d, ProjectFile.Name))).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_is_read(string sample) => Assert.Equal(sample, ProjectFile.Read(Path.Combine(Repository.Root, "samples", sample)).Settings.Name);

    /// <summary>From a heading to the next.</summary>
    private static string Section(string heading)
    {
        int at = ("\n" + Page).IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.True(at >= 0, $"docs/headroom-yaml.md has no '{heading}'");
        string rest = Page[(at + heading.Length)..];
        int end = rest.IndexOf("\n#", StringComparison.Ordinal);
        return end < 0 ? rest : rest[..end];
    }

    private static Dictionary<string, string[]> Table(string section) => section.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal))
        .Select(l => l[1..^1].Split('|').Select(c => c.Trim()).ToArray()).ToDictionary(c => c[0].Trim('`'));

    /// <summary>As the page writes it; null where it explains a default in words.</summary>
    private static string? Default(object? value) => value switch
    {
        null or "" => null,
        bool b => b ? "true" : "false",
        Enum e => YamlBinder.Key(e.ToString()),
        IEnumerable list and not string => $"[{string.Join(", ", list.Cast<object>())}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    [GeneratedRegex(@"(?<head><!-- samples/csharp/Program\.cs -->\n```csharp\n).*?```", RegexOptions.Singleline)]
    private static partial Regex SampleBlock();
}
