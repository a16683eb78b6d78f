using CsCheck;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Passes;

public sealed class ArenaLayoutTests
{
    private static readonly Gen<PlannedBuffer[]> Buffers =
        Gen.Select(Gen.Long[1, 100_000], Gen.Int[0, 50], Gen.Int[0, 20]).Array[1, 60]
            .Select(all => all.Select((b, i) => new PlannedBuffer(i, $"b{i}", b.Item1, BufferKind.Arena, b.Item2, b.Item2 + b.Item3)).ToArray());

    [Fact]
    public void Buffers_alive_at_once_never_overlap() => Buffers.Sample(buffers =>
    {
        long size = ArenaLayout.Place(buffers);
        foreach (PlannedBuffer a in buffers)
        {
            Assert.True(a.Offset >= 0 && a.Offset + a.Bytes <= size && a.Offset % ArenaLayout.Alignment == 0);
            foreach (PlannedBuffer b in buffers)
                if (a.Id < b.Id && a.Overlaps(b)) Assert.True(a.Offset + a.Bytes <= b.Offset || b.Offset + b.Bytes <= a.Offset);
        }
    });

    [Fact]
    public void The_arena_is_at_least_the_most_alive_and_at_most_the_sum() => Buffers.Sample(buffers =>
    {
        long size = ArenaLayout.Place(buffers);
        long most = Enumerable.Range(0, 72).Max(t => buffers.Where(b => b.First <= t && t <= b.Last).Sum(b => b.Bytes));
        Assert.InRange(size, most, buffers.Sum(b => ArenaLayout.Align(b.Bytes)));
    });

    [Fact]
    public void Buffers_that_follow_each_other_share_one_place()
    {
        PlannedBuffer[] buffers = [.. Enumerable.Range(0, 10).Select(i => new PlannedBuffer(i, $"b{i}", 640, BufferKind.Arena, 2 * i, 2 * i + 1))];
        Assert.Equal(640, ArenaLayout.Place(buffers));
    }
}
