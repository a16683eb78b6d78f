using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Evidence.Documents;

namespace Headroom.Evidence.Runs;

/// <summary>The folder of one run, <c>.headroom/runs/2026-11-23T0910-apidocs</c>: its documents, its model, its log.</summary>
public sealed partial class RunFolder
{
    private static readonly Dictionary<Type, string> FileNames = new()
    {
        [typeof(PlanDocument)] = "plan.json",
        [typeof(TrainingDocument)] = "training.json",
        [typeof(EvaluationDocument)] = "evaluation.json",
    };

    private RunFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>The folder itself, absolute.</summary>
    public string Path { get; }

    /// <summary>The folder's own name: when the run began, and what it is called.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    public string Plan => File("plan.json");

    public string Training => File("training.json");

    public string Evaluation => File("evaluation.json");

    public string Model => File("model.onnx");

    public string CheckpointFolder => File("checkpoint");

    public string Log => File("log.jsonl");

    public string Report => File("report.html");

    /// <summary>Makes the folder of a new run under <c>root/.headroom/runs</c>, with an empty log; when the name is taken in this minute, with <c>-2</c>, <c>-3</c> behind.</summary>
    /// <param name="root">The folder that holds <c>.headroom</c>: the current one.</param>
    /// <param name="name">What is trained; letters, digits, and dashes for all else.</param>
    /// <param name="now">When it begins.</param>
    /// <exception cref="InputException">The folder can't be made.</exception>
    public static RunFolder Create(string root, string name, DateTimeOffset now)
    {
        string first = System.IO.Path.Join(RunsOf(root), now.UtcDateTime.ToString("yyyy-MM-dd'T'HHmm", CultureInfo.InvariantCulture) + "-" + Slug(name));
        for (int number = 1; ; number++)
        {
            string path = number == 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{first}-{number}");
            if (Directory.Exists(path)) continue;
            RunFolder run = new(path);
            try
            {
                Directory.CreateDirectory(path);
                // The log is what one of two runs that start together gets: making a folder that exists is no error, making a file is.
                using FileStream claim = new(run.Log, FileMode.CreateNew, FileAccess.Write);
                return run;
            }
            catch (IOException) when (System.IO.File.Exists(run.Log))
            {
                // The other one was faster.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw FileFaults.Writing(path, e);
            }
        }
    }

    /// <summary>A run that is there.</summary>
    /// <exception cref="InputException">It is not.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) return new RunFolder(path);
        throw new InputException(path, "there is no such run.", "Name a folder under .headroom/runs; `headroom run` makes one.");
    }

    /// <summary>The run that began last, of all or of those called <paramref name="name"/>; null when there is none.</summary>
    public static RunFolder? Latest(string root, string? name = null)
    {
        string runs = RunsOf(root);
        if (!Directory.Exists(runs)) return null;
        string? slug = name is null ? null : Slug(name);
        return Directory.EnumerateDirectories(runs)
            .Select(path => (Path: path, Parts: FolderName().Match(System.IO.Path.GetFileName(path))))
            .Where(run => run.Parts.Success && (slug is null || Number(run.Parts.Groups["name"].Value, slug) > 0))
            .OrderBy(run => run.Parts.Groups["time"].Value, StringComparer.Ordinal)
            .ThenBy(run => slug is null ? Directory.GetCreationTimeUtc(run.Path).Ticks : Number(run.Parts.Groups["name"].Value, slug))
            .ThenBy(run => run.Path.Length).ThenBy(run => run.Path, StringComparer.Ordinal)
            .Select(run => new RunFolder(run.Path))
            .LastOrDefault();
    }

    /// <summary>Whether the run has a document of that type.</summary>
    public bool Has<T>() where T : Document => System.IO.File.Exists(FileOf(typeof(T)));

    /// <summary>Writes a document under its name, whole or not at all; gives back the SHA-256 that later documents name it by.</summary>
    /// <exception cref="InputException">As <see cref="EvidenceJson.Write"/>.</exception>
    public string Write(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return EvidenceJson.Write(FileOf(document.GetType()), document);
    }

    /// <summary>Reads the run's document of that type.</summary>
    /// <exception cref="InputException">As <see cref="EvidenceJson.Read{T}"/>.</exception>
    public T Read<T>() where T : Document => EvidenceJson.Read<T>(FileOf(typeof(T)));

    /// <summary>The SHA-256 of the run's document of that type, as it lies there.</summary>
    /// <exception cref="InputException">It is missing.</exception>
    public string HashOf<T>() where T : Document => ContentHash.OfFile(FileOf(typeof(T)));

    /// <summary>Holds every link against what lies in the folder: the documents and files that <c>inputs</c> name (<c>plan</c>, <c>model.onnx</c>), and the training run's model and checkpoint.</summary>
    /// <remarks>Names of things outside the folder, such as a dataset, are not looked for. A checkpoint may have been deleted.</remarks>
    /// <exception cref="InputException">A file is missing or was changed after a document had named it.</exception>
    public void Verify()
    {
        foreach (string fileName in FileNames.Values)
        {
            if (!System.IO.File.Exists(File(fileName))) continue;
            Document document = EvidenceJson.Read(File(fileName));
            foreach ((string name, string hash) in document.Inputs)
            {
                if (LinkedFile(name) is string linked) Verify(fileName, linked, hash);
            }
            if (document is not TrainingDocument training) continue;
            if (training.Model is FileReference model) Verify(fileName, model.Path, model.Sha256);
            if (training.Checkpoint is FileReference checkpoint && System.IO.File.Exists(File(checkpoint.Path))) Verify(fileName, checkpoint.Path, checkpoint.Sha256);
        }
    }

    public override string ToString() => Path;

    private void Verify(string document, string file, string hash)
    {
        string found = ContentHash.OfFile(File(file));
        if (found == hash) return;
        throw new InputException(File(file), $"its SHA-256 is {found}, but {document} names {hash}: one of the two was changed afterwards.",
            "Restore the file, or run again from the stage that writes it.");
    }

    /// <summary>The file of this folder that an input's name stands for, or null for what lies elsewhere.</summary>
    private string? LinkedFile(string name)
    {
        if (FileNames.ContainsValue(name) || name == "model.onnx") return name;
        if (FileNames.ContainsValue(name + ".json")) return name + ".json";
        bool plain = name.Length > 0 && name == System.IO.Path.GetFileName(name) && !name.Contains('\\') && name is not ("." or "..");
        return plain && System.IO.File.Exists(File(name)) ? name : null;
    }

    private string FileOf(Type type) => FileNames.TryGetValue(type, out string? name) ? File(name) : throw new ArgumentException($"{type.Name} is no document of one stage.");

    private string File(string name) => System.IO.Path.Join(Path, name);

    private static string RunsOf(string root) => System.IO.Path.Join(System.IO.Path.GetFullPath(root), ".headroom", "runs");

    private static string Slug(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string slug = NoSlug().Replace(name.ToLowerInvariant(), "-").Trim('-');
        return slug.Length == 0 ? "run" : slug.Length <= 60 ? slug : slug[..60].TrimEnd('-');
    }

    /// <summary>1 for the name itself, n for <c>name-n</c>, 0 for another name.</summary>
    private static int Number(string name, string slug)
    {
        if (name == slug) return 1;
        return name.StartsWith(slug + "-", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(slug.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 1 ? n : 0;
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoSlug();

    [GeneratedRegex(@"^(?<time>\d{4}-\d{2}-\d{2}T\d{4})-(?<name>[a-z0-9-]+)$")]
    private static partial Regex FolderName();
}
