using System.Text.Json;
using Headroom.Evidence;
using Headroom.Training.Checkpoints;

namespace Headroom.Training;

/// <summary>Whether a checkpoint belongs to the run that is to go on.</summary>
internal static class ResumeCheck
{
    /// <exception cref="InputException">Model, data or a setting differ; says which and how.</exception>
    public static void Same(string path, TrainingState saved, TrainingState now, int microBatches, ICollection<string> notes)
    {
        const string remedy = "Resume with what the run began with, or begin a new run.";
        if (saved.Model != now.Model) throw new InputException(path, $"it is of another model: its graph has the hash {saved.Model[..Math.Min(12, saved.Model.Length)]}, this one {now.Model[..12]}.", remedy);
        if (saved.Data != now.Data) throw new InputException(path, $"it was trained on other rows: data and split have the hash {saved.Data[..Math.Min(12, saved.Data.Length)]}, now {now.Data[..12]}.", remedy);
        List<string> differences = [];
        foreach (string name in saved.Settings.Keys.Union(now.Settings.Keys))
        {
            if (TrainingSettings.MayDiffer(name)) continue;
            string before = Text(saved, name), after = Text(now, name);
            if (before != after) differences.Add($"{name} was {before} and is {after}");
        }
        if (differences.Count > 0) throw new InputException(path, $"the settings differ: {string.Join("; ", differences)}.", remedy);
        if (saved.MicroBatch >= microBatches) throw new InputException(path, $"it is {saved.MicroBatch} micro-batches into an update of {microBatches}.", remedy);
        if (saved.Runtime != now.Runtime) notes.Add($"The run began on {saved.Runtime}; this is {now.Runtime}, so sums may round otherwise than in an unbroken run.");
    }

    private static string Text(TrainingState state, string name) => state.Settings.TryGetValue(name, out JsonElement value) ? value.GetRawText() : "absent";
}
