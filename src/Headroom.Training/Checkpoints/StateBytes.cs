using Headroom.Runtime.Execution;

namespace Headroom.Training.Checkpoints;

/// <summary>The bytes of a state tensor in pieces: it may be larger than a span.</summary>
internal static unsafe class StateBytes
{
    public delegate void Fill(long offset, Span<byte> destination);

    private const int Chunk = 1 << 24;

    public static ReadOnlySpan<byte> Read(StateTensor state, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, state.Type.Bytes, nameof(count));
        return new ReadOnlySpan<byte>(state.Address + offset, count);
    }

    public static void Write(StateTensor state, Fill fill)
    {
        for (long at = 0; at < state.Type.Bytes; at += Chunk) fill(at, new Span<byte>(state.Address + at, (int)Math.Min(Chunk, state.Type.Bytes - at)));
    }
}
