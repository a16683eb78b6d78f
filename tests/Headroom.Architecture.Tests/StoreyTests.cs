using System.Xml.Linq;

namespace Headroom.Architecture.Tests;

/// <summary>The house has three storeys: what may reference what.</summary>
public sealed class StoreyTests
{
    /// <summary>The ground's arrows.</summary>
    private static readonly Dictionary<string, string[]> Ground = new()
    {
        ["Evidence"] = [],
        ["Statistics"] = [],
        ["Graph"] = ["Evidence"],
        ["Data"] = ["Evidence"],
        ["Devices"] = ["Evidence"],
        ["Runtime"] = ["Evidence", "Graph", "Devices"],
        ["Inference"] = ["Evidence", "Graph", "Devices"],
    };

    private static readonly string[] Stages = ["Audit", "Planning", "Training", "Evaluation", "Release", "Serving"];

    private static readonly string[] Top = ["Cli", "Console"];

    public static TheoryData<string> Projects() => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_storey_allows(string project)
    {
        string name = project["Headroom.".Length..];
        foreach (string reference in References(project))
        {
            bool allowed = Top.Contains(name) || (Ground.TryGetValue(name, out string[]? below) ? below.Contains(reference) : Stages.Contains(name) && Ground.ContainsKey(reference));
            Assert.True(allowed, $"{project} references Headroom.{reference}; see design: the ground knows nothing of stages, stages never reference each other");
        }
    }

    [Theory]
    [InlineData("libtorch", "Runtime")]
    [InlineData("Microsoft.ML.OnnxRuntime", "Inference")]
    [InlineData("YamlDotNet", "Cli")]
    public void One_project_alone_knows_an_engine(string package, string owner)
    {
        foreach (string project in Directory.GetDirectories(Path.Combine(Repository.Root, "src")))
        {
            string name = Path.GetFileName(project)["Headroom.".Length..];
            bool has = Packages(Path.GetFileName(project)).Any(p => p.StartsWith(package, StringComparison.Ordinal));
            Assert.False(has && name != owner, $"Headroom.{name} references {package}; only Headroom.{owner} may");
        }
    }

    [Fact]
    public void No_project_is_empty()
    {
        foreach (string project in Directory.GetDirectories(Path.Combine(Repository.Root, "src"))) Assert.NotEmpty(Repository.Sources(project));
    }

    private static IEnumerable<string> References(string project)
        => Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)["Headroom.".Length..]);

    private static IEnumerable<string> Packages(string project) => Load(project).Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value);

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
}
