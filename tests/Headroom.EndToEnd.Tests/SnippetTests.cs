using System.Net;
using System.Text.RegularExpressions;

namespace Headroom.EndToEnd.Tests;

/// <summary>The C# that a report shows is saved beside the model and run, as the report says.</summary>
public sealed partial class SnippetTests
{
    [Fact]
    public void The_snippet_for_a_table_names_a_class()
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model + "train: { epochs: 1, batch: 20, threads: 2 }\nevaluate: { baseline: false }\n");
        Assert.Contains(Use(s).Trim(), (string[])["yes", "no"]);
    }

    [Fact]
    public void The_snippet_for_a_text_names_a_class()
    {
        using var s = new Scratch("data: { train: { reader: csv, path: rows.csv, label: kind, kinds: { said: text } }, split: { train: 0.6, validation: 0.2, test: 0.2, seed: 1 }, text: { vocabulary: 300, length: 12 } }\nmodel: { preset: encoder, width: 16, layers: 1, heads: 2 }\ntrain: { epochs: 1, batch: 20, threads: 2 }\nevaluate: { baseline: false }\n");
        File.WriteAllLines(s.Rows, ["said,kind", .. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? $"reads the file number {i},file" : $"opens socket {i} to a host,net")]);
        Assert.Contains(Use(s).Trim(), (string[])["file", "net"]);
    }

    private static string Use(Scratch s)
    {
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 0, said.ToString());
        string code = WebUtility.HtmlDecode(Code().Match(File.ReadAllText(s.Run!.Report)).Groups[1].Value);
        File.WriteAllText(Path.Combine(s.Run.Path, "use.cs"), code);
        Said used = Cli.Dotnet(s.Run.Path, "run", "use.cs");
        Assert.True(used.Code == 0, $"{used}\n{code}");
        return used.Out;
    }

    [GeneratedRegex("<pre class=\"code\"><code>(.*?)</code></pre>", RegexOptions.Singleline)]
    private static partial Regex Code();
}
