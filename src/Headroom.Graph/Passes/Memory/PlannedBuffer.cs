namespace Headroom.Graph.Passes;

/// <summary>Whose memory a buffer is.</summary>
public enum BufferKind
{
    /// <summary>Kept from step to step: weights, statistics, optimizer moments.</summary>
    State,

    /// <summary>A value known before the run.</summary>
    Constant,

    /// <summary>A slice of the arena, at an offset that the plan gives; lives from its first write to its last read.</summary>
    Arena,
}

/// <summary>One buffer of the plan and its lifetime.</summary>
/// <param name="Id">Its place in <see cref="MemoryPlan.Buffers"/>.</param>
/// <param name="Name">The first value in it.</param>
/// <param name="Bytes">What its values need.</param>
/// <param name="Kind">Whose memory it is.</param>
/// <param name="First">The node that writes it first; -1 when it is there before the first node.</param>
/// <param name="Last">The last node that reads it; the number of nodes when it outlives the step.</param>
public sealed record PlannedBuffer(int Id, string Name, long Bytes, BufferKind Kind, int First, int Last)
{
    /// <summary>Where it lies in the arena, in bytes; meaningless for other kinds.</summary>
    public long Offset { get; init; }

    public bool Overlaps(PlannedBuffer other) => First <= other.Last && other.First <= Last;
}

/// <summary>Where a value lies: a window on a buffer.</summary>
/// <param name="Buffer">The buffer's id.</param>
/// <param name="Offset">In elements from the buffer's start.</param>
/// <param name="Strides">In elements, one for each axis.</param>
public readonly record struct Placement(int Buffer, long Offset, long[] Strides);
