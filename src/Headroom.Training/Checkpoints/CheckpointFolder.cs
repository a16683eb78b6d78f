using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Evidence;
using Headroom.Runtime.Execution;

namespace Headroom.Training.Checkpoints;

/// <summary>The checkpoints of one run: the last two, and the best by validation loss. Each is written whole before an older one goes.</summary>
public sealed partial class CheckpointFolder
{
    private readonly Dictionary<string, long?> _bestOf = new(StringComparer.Ordinal);

    /// <exception cref="InputException">The folder can't be made.</exception>
    public CheckpointFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path);
            // What a kill left half-written.
            foreach (string torn in Directory.EnumerateFiles(Path, ".headroom-*.tmp")) File.Delete(torn);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(Path, e);
        }
    }

    public string Path { get; }

    /// <summary>The file of an update; between two micro-batches, of the part done.</summary>
    public string FileOf(long step, int microBatch = 0) =>
        System.IO.Path.Join(Path, string.Create(CultureInfo.InvariantCulture, $"step-{step:D6}{(microBatch > 0 ? $"-{microBatch}" : "")}.safetensors"));

    /// <summary>The checkpoints that are there, the newest first.</summary>
    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(Path)
        .Select(f => (File: f, Parts: FileName().Match(System.IO.Path.GetFileName(f))))
        .Where(f => f.Parts.Success)
        .Select(f => (f.File, Step: Number(f.Parts.Groups["step"]), Micro: Number(f.Parts.Groups["micro"])))
        .OrderByDescending(f => f.Step).ThenByDescending(f => f.Micro).Select(f => f.File)];

    /// <summary>Writes a checkpoint, then removes those that are no longer needed.</summary>
    /// <returns>Its file.</returns>
    /// <exception cref="InputException">The disk is full or read-only; the checkpoints before it stay.</exception>
    public string Save(Session session, TrainingState state)
    {
        string file = FileOf(state.Step, state.MicroBatch);
        Checkpoint.Write(file, session, state);
        _bestOf[file] = state.Best?.Step;
        Thin(keep: file);
        return file;
    }

    /// <summary>The newest checkpoint that is whole; null where there is none at all.</summary>
    /// <param name="notes">Gets a line for each that had to be passed over; those are removed.</param>
    /// <exception cref="InputException">There are checkpoints, but none is whole.</exception>
    public Checkpoint? Latest(ICollection<string> notes)
    {
        List<(string File, string Why)> torn = [];
        foreach (string file in Files)
        {
            try
            {
                Checkpoint found = Checkpoint.Open(file);
                _bestOf[file] = found.State.Best?.Step;
                foreach ((string broken, string why) in torn)
                {
                    notes.Add($"{why.Split('\n')[0]} The run goes on from {System.IO.Path.GetFileName(file)}.");
                    File.Delete(broken);
                }
                return found;
            }
            catch (InputException e)
            {
                torn.Add((file, e.Message));
            }
        }
        return torn.Count == 0 ? null : throw new InputException(Path, $"none of its {torn.Count} checkpoints is whole; the newest: {torn[0].Why}", "Remove the folder to begin the run anew.");
    }

    private void Thin(string keep)
    {
        List<string> kept = [keep, .. Files.Where(f => f != keep).Take(1)];
        foreach (string file in kept.ToArray()) if (BestOf(file) is long best) kept.Add(FileOf(best));
        foreach (string file in Files)
        {
            if (kept.Contains(file)) continue;
            try
            {
                File.Delete(file);
                _bestOf.Remove(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // One checkpoint too many does no harm.
            }
        }
    }

    private long? BestOf(string file)
    {
        if (_bestOf.TryGetValue(file, out long? best)) return best;
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(file);
            return _bestOf[file] = checkpoint.State.Best?.Step;
        }
        catch (InputException)
        {
            return null;
        }
    }

    private static long Number(Group digits) => digits.Success ? long.Parse(digits.Value, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^step-(?<step>\d{6,18})(-(?<micro>\d{1,9}))?\.safetensors$")]
    private static partial Regex FileName();
}
