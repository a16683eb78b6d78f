using Headroom.Cli.Configuration;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Runs;
using Headroom.Runtime.Execution;

namespace Headroom.Cli.Stages;

/// <summary>What all stages of one run share.</summary>
/// <param name="Settings">From headroom.yaml.</param>
/// <param name="Project">The folder that holds it; relative paths are looked for there.</param>
/// <param name="Folder">Where documents go.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record RunContext(ProjectSettings Settings, string Project, RunFolder Folder, CancellationToken Cancellation)
{
    public string Recipe => RecipeIn(Folder.Path);

    public static string RecipeIn(string run) => Path.Combine(run, "recipe.json");

    /// <summary>What the planner chose under a budget.</summary>
    public string Levers => LeversIn(Folder.Path);

    public static string LeversIn(string run) => Path.Combine(run, "levers.json");

    public string Preprocessing => PreprocessingIn(Folder.Path);

    public static string PreprocessingIn(string run) => Path.Combine(run, "preprocessing.json");

    /// <summary>The trainer's own logits of the first test rows, for parity with the exported file.</summary>
    public string Parity => Path.Combine(Folder.Path, "parity.safetensors");

    /// <summary>Adapters apart from their network, as PEFT keeps them.</summary>
    public string Adapter => Path.Combine(Folder.Path, "adapter");

    /// <summary>An imported network as training began with it, so that its score then can stand beside its score now.</summary>
    public string Before => Path.Combine(Folder.Path, "before.onnx");

    /// <summary>Where a few steps are written down node by node; null where nobody wants to know.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>What was watched, for perfetto.</summary>
    public string Trace => Path.Combine(Folder.Path, "trace.json");

    /// <summary>The trained network as a Hugging Face folder, where it has that form.</summary>
    public string HuggingFace => HuggingFaceIn(Folder.Path);

    public static string HuggingFaceIn(string run) => Path.Combine(run, "huggingface");

    /// <summary>What a pretrained language model wrote before it was trained here.</summary>
    public string SampleBefore => Path.Combine(Folder.Path, "sample-before.txt");

    public string Sample => Path.Combine(Folder.Path, "sample.txt");

    /// <summary>Drawn pictures, the noise that the first were drawn from, and the classes asked for.</summary>
    public string Samples => Path.Combine(Folder.Path, "samples.safetensors");

    /// <summary>One step from noise to picture, with schedule and guidance in it; its metadata say the steps.</summary>
    public string Sampler => Path.Combine(Folder.Path, "sampler.onnx");

    public string Grid => Path.Combine(Folder.Path, GridFile);

    /// <summary>What was drawn before training.</summary>
    public string GridBefore => Path.Combine(Folder.Path, GridBeforeFile);

    public const string GridFile = "samples.png", GridBeforeFile = "samples-before.png";

    /// <summary>The settings as they were when the run began.</summary>
    public string SettingsFile => SettingsIn(Folder.Path);

    public static string SettingsIn(string run) => Path.Combine(run, ProjectFile.Name);

    /// <summary>Starts a run of a project in a folder of its own under the current directory.</summary>
    public static RunContext Start(string project, CancellationToken cancellation)
    {
        (string file, ProjectSettings settings) = ProjectFile.Read(project);
        RunFolder folder = RunFolder.Create(Environment.CurrentDirectory, settings.Name, DateTimeOffset.UtcNow);
        AtomicFile.WriteText(SettingsIn(folder.Path), File.ReadAllText(file));
        return new RunContext(settings, Path.GetDirectoryName(file)!, folder, cancellation);
    }

    /// <summary>Refuses data that is not what a document of the run was made from.</summary>
    /// <param name="made">The document; one that names no data set says nothing.</param>
    /// <param name="fingerprint">Of the data that is there now.</param>
    /// <param name="since">When the document was made, in the message's words.</param>
    /// <param name="remedy">What to do.</param>
    /// <exception cref="InputException">The fingerprints differ.</exception>
    public void RequireSameData(Document made, string fingerprint, string since, string remedy)
    {
        if (made.Inputs.TryGetValue("dataset", out string? before) && before != fingerprint)
            throw new InputException(Folder.Path, $"the data has changed since {since}: its fingerprint was {before[..12]}…, now it is {fingerprint[..12]}…", remedy);
    }

    /// <summary>Removes the folder of a run that ended before it came to train.</summary>
    public void Discard()
    {
        try
        {
            Directory.Delete(Folder.Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The fault that brought us here says more than this one.
        }
    }

    /// <summary>Goes on with a run that was started from the project.</summary>
    /// <exception cref="InputException">The project has changed since.</exception>
    public static RunContext Resume(string project, string run, CancellationToken cancellation)
    {
        (string file, ProjectSettings settings) = ProjectFile.Read(project);
        RunFolder folder = RunFolder.Open(run);
        string kept = SettingsIn(folder.Path);
        if (!File.Exists(kept)) throw new InputException(folder.Path, "this folder holds no run that was started by 'headroom run'", "Give one under .headroom/runs.");
        if (File.ReadAllText(kept) != File.ReadAllText(file)) throw new InputException(file, $"the settings have changed since {folder.Name} began", $"Start a new run without --resume, or put back what {kept} says.");
        return new RunContext(settings, Path.GetDirectoryName(file)!, folder, cancellation);
    }
}
