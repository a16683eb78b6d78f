using System.Text.Json;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Runtime.Execution;

namespace Headroom.Training.Checkpoints;

/// <summary>A saved moment of a run: one safetensors file with every state tensor of the session, and the <see cref="TrainingState"/> in its metadata.</summary>
public sealed class Checkpoint : IDisposable
{
    private const string StateKey = "headroom.training", FormatKey = "format";

    private readonly SafetensorsFile _file;

    private Checkpoint(SafetensorsFile file, TrainingState state) => (_file, State) = (file, state);

    public string Path => _file.Path;

    public TrainingState State { get; }

    /// <summary>Writes the session's state. Sums of gradients go along only between two micro-batches; else they are overwritten before they are read.</summary>
    /// <exception cref="InputException">The disk is full or read-only.</exception>
    public static void Write(string path, Session session, TrainingState state)
    {
        IEnumerable<StateTensor> tensors = session.States.Where(s => state.MicroBatch > 0 || s.Declaration.Kind != StateKind.GradientSum);
        SafetensorsWriter.Write(path, tensors.Select(Entry), new Dictionary<string, string>
        {
            [FormatKey] = "pt", // what other software looks for: names and shapes as in a state dictionary
            [StateKey] = JsonSerializer.Serialize(state, EvidenceJson.Options),
        });
    }

    /// <summary>Opens a checkpoint and checks all of it, the tensors' hash included.</summary>
    /// <exception cref="InputException">It is missing, torn or something else.</exception>
    public static Checkpoint Open(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            if (!file.Metadata.TryGetValue(StateKey, out string? json)) throw Broken(path, "it holds weights, but not the state of a run");
            if (!file.Verify()) throw Broken(path, "its tensors have no hash");
            TrainingState state = JsonSerializer.Deserialize<TrainingState>(json, EvidenceJson.Options) ?? throw Broken(path, "its state is null");
            if (state.Step < 0 || state.Epoch < 0 || state.Batch < 0 || state.MicroBatch < 0 || state.HistoryStride < 1) throw Broken(path, "its state holds negative counts");
            return new Checkpoint(file, state);
        }
        catch (JsonException e)
        {
            file.Dispose();
            throw Broken(path, $"its state can't be read: {e.Message}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Puts the saved tensors into the session. Nothing is changed where one is missing or has another type.</summary>
    /// <exception cref="InputException">The session has tensors that the file lacks, or of other types.</exception>
    public void Restore(Session session) => Restore(session, s => State.MicroBatch > 0 || s.Declaration.Kind != StateKind.GradientSum);

    /// <summary>Puts back what the model itself holds, weights and statistics, and leaves the optimizer's state.</summary>
    /// <exception cref="InputException">As <see cref="Restore(Session)"/>.</exception>
    public void RestoreModel(Session session) => Restore(session, s => s.Declaration.Kind is StateKind.Weight or StateKind.Statistic);

    public void Dispose() => _file.Dispose();

    private void Restore(Session session, Func<StateTensor, bool> which)
    {
        IReadOnlyDictionary<string, TensorType> saved = _file.Tensors;
        List<StateTensor> wanted = [.. session.States.Where(which)];
        foreach (StateTensor s in wanted)
        {
            string? fault = !saved.TryGetValue(s.Name, out TensorType type) ? "it lacks" : type != s.Type ? $"it has as {type}" : null;
            if (fault is not null) throw new InputException(Path, $"the model has a tensor '{s.Name}': {s.Type}, which {fault}.", "Resume with the model and optimizer that the run began with.");
        }
        foreach (StateTensor s in wanted) StateBytes.Write(s, (offset, destination) => _file.Read(s.Name, offset, destination));
    }

    private static SafetensorsEntry Entry(StateTensor s) => new(s.Name, s.Type, (offset, count) => StateBytes.Read(s, offset, count));

    private static InputException Broken(string path, string what) => new(path, $"this is no checkpoint that can be resumed: {what}.", "Take another checkpoint of the run, or begin it anew.");
}
