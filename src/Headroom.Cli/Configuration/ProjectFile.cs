using Headroom.Evidence;

namespace Headroom.Cli.Configuration;

/// <summary>Finds and reads a project's headroom.yaml.</summary>
internal static class ProjectFile
{
    public const string Name = "headroom.yaml";

    /// <param name="path">The file, or the folder that holds it.</param>
    /// <param name="check">Whether values are checked too, and not types alone.</param>
    /// <exception cref="InputException">There is none, or it is wrong; the line is named.</exception>
    public static (string File, ProjectSettings Settings) Read(string path, bool check = true)
    {
        string file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, Name) : path);
        if (!File.Exists(file)) throw new InputException(file, "there is no such file", $"Give a folder that holds a {Name}, such as samples/apidocs.");
        var binder = new YamlBinder(file, check);
        ProjectSettings settings = binder.Read<ProjectSettings>() with { Lines = binder.Lines };
        if (check) Check(settings);
        string name = settings.Name.Length > 0 ? settings.Name : System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(file)!);
        return (file, settings with { Name = name });
    }

    /// <summary>What concerns several settings. Now: a mistyped rule must not cost the whole training.</summary>
    private static void Check(ProjectSettings settings)
    {
        settings.ParseGates(settings.Lines.At("evaluate.gates"));
        settings.Data.Split.Check(testGiven: settings.Data.Test is not null, settings.Lines.At("data.split"));
    }
}
