using System.Diagnostics;
using CsCheck;
using Headroom.Data.Loading;
using Headroom.Data.Tables;

namespace Headroom.Data.Tests.Loading;

public sealed class LoaderTests
{
    private static TensorTable Table(int rows) => new(
        new DenseField<float>(new Field("x", FieldType.Float32, [2]), [.. Enumerable.Range(0, 2 * rows).Select(i => (float)i)]),
        new IdField(new Field("y", FieldType.Int64, []), [.. Enumerable.Range(0, rows).Select(i => i * 10)]));

    private static List<(LoaderPosition Position, int[] Rows)> Take(Loader loader, int batches)
    {
        var taken = new List<(LoaderPosition, int[])>();
        for (var i = 0; i < batches && loader.Next(TestContext.Current.CancellationToken) is { } batch; i++)
        {
            using (batch)
            {
                taken.Add((batch.Position, batch.Rows.ToArray()));
            }
        }
        return taken;
    }

    [Fact]
    public void Every_row_is_visited_once_an_epoch() => Gen.Select(Gen.Int[1, 60], Gen.Int[1, 20], Gen.ULong, Gen.OneOf(LastBatch.Keep, LastBatch.Pad)).Sample((rows, size, seed, last) =>
    {
        int[] part = [.. Enumerable.Range(0, rows).Select(r => (r * 2) + 1)];
        using var loader = new Loader(Table((2 * rows) + 1), part, new LoaderOptions { BatchSize = size, Seed = seed, LastBatch = last, Epochs = 2 });
        var all = Take(loader, int.MaxValue);
        Assert.Equal(2 * loader.BatchesPerEpoch, all.Count);
        foreach (var epoch in all.GroupBy(b => b.Position.Epoch))
        {
            Assert.Equal(part, epoch.SelectMany(b => b.Rows).Order());
        }
        Assert.Equal(new LoaderPosition(2, 0), loader.Position);
    }, iter: 60);

    [Fact]
    public void Batch_holds_the_values_of_its_rows()
    {
        using var loader = new Loader(Table(10), [.. Enumerable.Range(0, 10)], new LoaderOptions { BatchSize = 4, Seed = 3, LastBatch = LastBatch.Pad, Epochs = 1 });
        while (loader.Next(TestContext.Current.CancellationToken) is { } batch)
        {
            using (batch)
            {
                Assert.Equal((4, 8, 4), (batch.Size, batch.Floats(0).Length, batch.Longs(1).Length));
                for (var i = 0; i < batch.Size; i++)
                {
                    var row = batch.Rows[Math.Min(i, batch.Count - 1)];
                    Assert.Equal([2f * row, (2f * row) + 1], batch.Floats(0).Slice(2 * i, 2).ToArray());
                    Assert.Equal(10L * row, batch.Longs(1)[i]);
                }
            }
        }
    }

    [Fact]
    public void Resumed_loader_goes_on_as_the_unbroken_one() => Gen.Select(Gen.Int[5, 40], Gen.Int[1, 5], Gen.Int[0, 30], Gen.ULong).Sample((rows, size, stop, seed) =>
    {
        int[] part = [.. Enumerable.Range(0, rows)];
        var options = new LoaderOptions { BatchSize = size, Seed = seed };
        using var whole = new Loader(Table(rows), part, options);
        using var first = new Loader(Table(rows), part, options);
        var unbroken = Take(whole, stop + 20);
        Take(first, stop);
        using var second = new Loader(Table(rows), part, options, first.Position);
        var resumed = Take(second, 20);
        Assert.Equal(unbroken.Skip(stop).Select(b => (b.Position, string.Join(',', b.Rows))), resumed.Select(b => (b.Position, string.Join(',', b.Rows))));
        Assert.Equal(whole.Position, second.Position);
    }, iter: 40);

    [Fact]
    public void Epochs_and_seeds_have_orders_of_their_own()
    {
        string Order(ulong seed, int epoch)
        {
            using var loader = new Loader(Table(50), [.. Enumerable.Range(0, 50)], new LoaderOptions { BatchSize = 50, Seed = seed }, new LoaderPosition(epoch, 0));
            return string.Join(',', Take(loader, 1)[0].Rows);
        }
        Assert.Equal(4, new[] { Order(1, 0), Order(1, 1), Order(2, 0), Order(2, 1) }.Distinct().Count());
        Assert.Equal(Order(1, 1), Order(1, 1));
    }

    [Fact]
    public void Without_a_shuffle_rows_come_as_given()
    {
        using var loader = new Loader(Table(5), [4, 0, 2], new LoaderOptions { BatchSize = 2, Shuffle = false, LastBatch = LastBatch.Keep, Epochs = 1 });
        Assert.Equal([4, 0, 2], Take(loader, 9).SelectMany(b => b.Rows));
    }

    [Fact]
    public void Buffers_serve_again_once_a_batch_is_given_back()
    {
        using var loader = new Loader(Table(100), [.. Enumerable.Range(0, 100)], new LoaderOptions { BatchSize = 10 });
        var seen = new HashSet<Batch>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < 200; i++)
        {
            using var batch = loader.Next(TestContext.Current.CancellationToken)!;
            seen.Add(batch);
        }
        Assert.InRange(seen.Count, 1, 5);
    }

    private sealed class Failing(int after) : FieldSource(new Field("x", FieldType.UInt8, []), 100)
    {
        private int calls;

        public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination)
        {
            if (++calls > after)
            {
                throw new InvalidDataException("the disk went away");
            }
        }
    }

    [Fact]
    public void Fault_in_the_thread_surfaces_after_the_good_batches()
    {
        using var loader = new Loader(new TensorTable(new Failing(3)), [.. Enumerable.Range(0, 100)], new LoaderOptions { BatchSize = 1 });
        Assert.Equal(3, Take(loader, 3).Count);
        Assert.Equal("the disk went away", Assert.Throws<InvalidDataException>(() => loader.Next(TestContext.Current.CancellationToken)).Message);
    }

    private sealed class Blocking(ManualResetEventSlim open) : FieldSource(new Field("x", FieldType.UInt8, []), 100)
    {
        public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination) => open.Wait();
    }

    [Fact]
    public void Cancellation_ends_the_wait_and_is_counted_as_waiting()
    {
        using var open = new ManualResetEventSlim();
        using var loader = new Loader(new TensorTable(new Blocking(open)), [.. Enumerable.Range(0, 100)], new LoaderOptions { BatchSize = 1 });
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var watch = Stopwatch.StartNew();
        Assert.ThrowsAny<OperationCanceledException>(() => loader.Next(cancel.Token));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 1);
        Assert.True(loader.WaitSeconds > 0.02);
        Assert.InRange(loader.WaitShare, 0.2, 1);
        open.Set();
    }

    [Fact]
    public void Dispose_returns_while_the_queue_is_full_and_batches_are_held()
    {
        var loader = new Loader(Table(100), [.. Enumerable.Range(0, 100)], new LoaderOptions { BatchSize = 1 });
        var batch = loader.Next(TestContext.Current.CancellationToken)!;
        var watch = Stopwatch.StartNew();
        loader.Dispose();
        loader.Dispose();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 1);
        Assert.Single(batch.Longs(1).ToArray());
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Longs(1).Length);
        Assert.Throws<ObjectDisposedException>(() => loader.Next(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Too_few_rows_and_stale_positions_are_refused()
    {
        Assert.Contains("do not fill a batch", Scratch.Fails(() => new Loader(Table(3), [0, 1, 2], new LoaderOptions { BatchSize = 4 }).Dispose()));
        Assert.Contains("outside of an epoch", Scratch.Fails(() => new Loader(Table(3), [0, 1, 2], new LoaderOptions { BatchSize = 1 }, new LoaderPosition(0, 4)).Dispose()));
    }
}
