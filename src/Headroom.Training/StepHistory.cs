using Headroom.Evidence.Documents;

namespace Headroom.Training;

/// <summary>The steps of a run, thinned as it grows: every n-th, n a power of two. Which ones are kept follows from their numbers alone.</summary>
internal sealed class StepHistory(IEnumerable<StepRecord> records, long stride)
{
    /// <summary>The most that are kept.</summary>
    public const int Limit = 2000;

    private readonly List<StepRecord> _records = [.. records];

    public long Stride { get; private set; } = stride;

    public IReadOnlyList<StepRecord> Records => _records;

    public void Add(StepRecord record)
    {
        if ((record.Step - 1) % Stride != 0) return;
        _records.Add(record);
        while (_records.Count > Limit)
        {
            Stride *= 2;
            _records.RemoveAll(r => (r.Step - 1) % Stride != 0);
        }
    }
}
