using System.Text;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Runs;

namespace Headroom.Cli.Report;

/// <summary>What a run's folder holds, as far as the report needs it; what a run has not come to yet is null.</summary>
internal sealed record RunEvidence(string Name, DocumentFile<PlanDocument>? Plan, DocumentFile<TrainingDocument>? Training, DocumentFile<EvaluationDocument>? Evaluation)
{
    /// <summary>Of a sample of text, more would be no sample.</summary>
    private const int SampleBytes = 16 << 10;

    /// <summary>How to use the model, as C#.</summary>
    public string? Snippet { get; init; }

    /// <summary>What a language model wrote: <c>sample.txt</c>.</summary>
    public string? Sample { get; init; }

    /// <summary>What a pretrained one wrote before it was trained here: <c>sample-before.txt</c>.</summary>
    public string? SampleBefore { get; init; }

    /// <summary>Pictures that were drawn, as PNG: <c>samples.png</c>, and <c>samples-before.png</c> before training.</summary>
    public byte[]? Pictures { get; init; }

    public byte[]? PicturesBefore { get; init; }

    public IEnumerable<(string File, string Hash, Document Document)> Documents
    {
        get
        {
            if (Plan is { } plan) yield return ("plan.json", plan.Hash, plan.Document);
            if (Training is { } training) yield return ("training.json", training.Hash, training.Document);
            if (Evaluation is { } evaluation) yield return ("evaluation.json", evaluation.Hash, evaluation.Document);
        }
    }

    /// <exception cref="Evidence.InputException">A document is there but torn or unknown.</exception>
    public static RunEvidence Of(RunFolder folder, string? snippet) =>
        new(folder.Name, Read<PlanDocument>(folder), Read<TrainingDocument>(folder), Read<EvaluationDocument>(folder))
        {
            Snippet = snippet,
            Sample = ReadSample(Path.Join(folder.Path, "sample.txt")),
            SampleBefore = ReadSample(Path.Join(folder.Path, "sample-before.txt")),
            Pictures = ReadPicture(Path.Join(folder.Path, Stages.RunContext.GridFile)),
            PicturesBefore = ReadPicture(Path.Join(folder.Path, Stages.RunContext.GridBeforeFile)),
        };

    private static DocumentFile<T>? Read<T>(RunFolder folder) where T : Document =>
        folder.Has<T>() ? new DocumentFile<T>(folder.Read<T>(), folder.HashOf<T>()) : null;

    private static byte[]? ReadPicture(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    private static string? ReadSample(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            byte[] bytes = new byte[SampleBytes];
            int count = stream.ReadAtLeast(bytes, SampleBytes, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(bytes, 0, count) + (stream.Length > count ? "\n…" : "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // most runs have none
        }
    }
}

/// <summary>A document and the SHA-256 of its file.</summary>
internal sealed record DocumentFile<T>(T Document, string Hash) where T : Document;
