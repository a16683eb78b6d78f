namespace Headroom.Cli.Tests.Configuration;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Set to 1, it makes the tests write what they would compare.</summary>
    private const string Variable = "HEADROOM_WRITE_DOCS";

    public static string Root { get; } = Find();

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path])).ReplaceLineEndings("\n");

    /// <summary>Holds a file against what it must be.</summary>
    public static void Holds(string expected, params string[] path)
    {
        string file = Path.Combine([Root, .. path]);
        if (Environment.GetEnvironmentVariable(Variable) == "1") File.WriteAllText(file, expected);
        string actual = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(expected == actual, $"{string.Join('/', path)} is out of date; run the tests once with {Variable}=1 to write it");
    }

    private static string Find()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "Headroom.slnx"))) return d.FullName;
        throw new InvalidOperationException("the tests don't lie in a checkout");
    }
}
