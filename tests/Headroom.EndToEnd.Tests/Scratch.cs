using System.Globalization;
using Headroom.Evidence.Runs;

namespace Headroom.EndToEnd.Tests;

/// <summary>A temporary folder with a project in <c>project</c>, from which commands are run.</summary>
public sealed class Scratch : IDisposable
{
    /// <summary>A project over 300 rows that trains for a moment.</summary>
    public const string Data = "data: { train: { reader: csv, path: rows.csv, label: kind }, split: { train: 0.6, validation: 0.2, test: 0.2, seed: 1 } }\n";

    public const string Model = "model: { preset: mlp, hidden: [16] }\n";

    public const string Train = "train: { epochs: 20, batch: 20, learning_rate: 0.02, threads: 2 }\n";

    public Scratch(string? settings = null)
    {
        Directory.CreateDirectory(Project);
        File.WriteAllText(Rows, Table());
        if (settings is not null) File.WriteAllText(Settings, settings);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("headroom-").FullName;

    public string Project => Path.Combine(Root, "project");

    public string Rows => Path.Combine(Project, "rows.csv");

    public string Settings => Path.Combine(Project, "headroom.yaml");

    /// <summary>The only run, or null.</summary>
    public RunFolder? Run => RunFolder.Latest(Root);

    /// <summary>Every file outside of the project's folder, by its path.</summary>
    public string[] Written => [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Where(f => !f.StartsWith(Project, StringComparison.Ordinal)).Select(f => Path.GetRelativePath(Root, f))];

    /// <summary>Two numbers and a category; whether they add up to over 1 is the class. The numbers come from a linear congruence.</summary>
    public static string Table(int rows = 300)
    {
        uint state = 1;
        double Next() => (state = (state * 1664525) + 1013904223) / (double)uint.MaxValue;
        IEnumerable<string> lines = Enumerable.Range(0, rows).Select(i =>
        {
            double a = Next(), b = Next();
            string colour = new[] { "red", "green", "blue" }[i % 3];
            return string.Create(CultureInfo.InvariantCulture, $"{a:F4},{b:F4},{colour},{(a + b + (i % 3 == 0 ? 0.3 : 0) > 1 ? "yes" : "no")}");
        });
        return string.Join('\n', lines.Prepend("a,b,c,kind")) + "\n";
    }

    /// <summary>Puts something else on a line of the rows, 1 for the header.</summary>
    public void Line(int number, string text)
    {
        string[] lines = File.ReadAllLines(Rows);
        lines[number - 1] = text;
        File.WriteAllLines(Rows, lines);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
