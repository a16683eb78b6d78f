using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Headroom.Data.Tables;
using Headroom.Evidence;
using Headroom.Evidence.Randomness;

namespace Headroom.Data.Loading;

/// <summary>Draws batches from a table, made ahead on a thread of its own. The order follows from seed and epoch alone, so a loader started at a saved position goes on as an unbroken one would.</summary>
/// <remarks>One consumer calls <see cref="Next"/>; it disposes each batch.</remarks>
public sealed class Loader : IDisposable
{
    // Streams of the seed below this mark belong to others: initialisation, dropout.
    private const ulong Stream = 0x4C4F_4144_0000_0000; // "LOAD"

    private readonly TensorTable table;
    private readonly int[] rows;
    private readonly LoaderOptions options;
    private readonly CancellationTokenSource stop = new();
    private readonly BlockingCollection<Batch> made;
    private readonly ConcurrentQueue<Batch> free = new();
    private readonly Thread thread;
    private readonly Stopwatch waited = new();
    private readonly Stopwatch elapsed = new();
    private ExceptionDispatchInfo? fault;
    private bool disposed;

    /// <param name="table">The tensors.</param>
    /// <param name="rows">The rows to draw from, one part of a split.</param>
    /// <param name="options">Batch size, seed, order.</param>
    /// <param name="start">Where to start; the default is the very beginning.</param>
    /// <exception cref="InputException">There are no rows, or too few for one batch.</exception>
    public Loader(TensorTable table, ReadOnlySpan<int> rows, LoaderOptions options, LoaderPosition start = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Ahead, 1, nameof(options));
        if (rows.Length == 0 || (options.LastBatch == LastBatch.Drop && rows.Length < options.BatchSize))
        {
            throw new InputException("batch_size", $"{rows.Length} rows do not fill a batch of {options.BatchSize}", "Give a smaller batch size, or more rows.");
        }
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)table.Rows, nameof(rows));
        }
        (this.table, this.rows, this.options) = (table, rows.ToArray(), options);
        BatchesPerEpoch = options.LastBatch == LastBatch.Drop ? rows.Length / options.BatchSize : (int)Math.Ceiling(rows.Length / (double)options.BatchSize);
        if (start.Epoch < 0 || start.Index < 0 || start.Index > BatchesPerEpoch)
        {
            throw new InputException("loader", $"the position (epoch {start.Epoch}, batch {start.Index}) lies outside of an epoch of {BatchesPerEpoch} batches", "The data or the batch size changed since it was saved; start anew.");
        }
        Position = start.Index == BatchesPerEpoch ? new LoaderPosition(start.Epoch + 1, 0) : start;
        made = new BlockingCollection<Batch>(options.Ahead);
        thread = new Thread(Produce) { IsBackground = true, Name = "headroom loader" };
        thread.Start(Position);
    }

    public int BatchesPerEpoch { get; }

    /// <summary>Where the next batch stands; saved after a step, it resumes exactly there.</summary>
    public LoaderPosition Position { get; private set; }

    /// <summary>Seconds that the consumer has waited for batches.</summary>
    public double WaitSeconds => waited.Elapsed.TotalSeconds;

    /// <summary>The share of the time since the first call of <see cref="Next"/> that was spent waiting, 0 to 1.</summary>
    public double WaitShare => elapsed.Elapsed.TotalSeconds is var all and > 0 ? Math.Min(1, WaitSeconds / all) : 0;

    /// <summary>The next batch, or null after the last of <see cref="LoaderOptions.Epochs"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public Batch? Next(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        cancellation.ThrowIfCancellationRequested();
        elapsed.Start();
        if (!made.TryTake(out var batch))
        {
            waited.Start();
            try
            {
                made.TryTake(out batch, Timeout.Infinite, cancellation);
            }
            finally
            {
                waited.Stop();
            }
        }
        if (batch is null)
        {
            Volatile.Read(ref fault)?.Throw();
            return null;
        }
        var (epoch, index) = batch.Position;
        Position = index + 1 == BatchesPerEpoch ? new LoaderPosition(epoch + 1, 0) : new LoaderPosition(epoch, index + 1);
        return batch;
    }

    /// <summary>Stops the thread; batches still held stay readable.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        disposed = true;
        stop.Cancel();
        // The thread looks at the token between batches; were a field to block, the thread is a background one and goes with the process.
        if (thread.Join(TimeSpan.FromSeconds(2)))
        {
            made.Dispose();
            stop.Dispose();
        }
    }

    private void Produce(object? start)
    {
        try
        {
            var (epoch, index) = (LoaderPosition)start!;
            for (; options.Epochs is not { } last || epoch < last; (epoch, index) = (epoch + 1, 0))
            {
                var order = options.Shuffle ? new Philox(options.Seed, Stream + (ulong)epoch).Permutation(rows.Length) : null;
                var chosen = new int[options.BatchSize];
                for (; index < BatchesPerEpoch; index++)
                {
                    stop.Token.ThrowIfCancellationRequested();
                    var first = index * options.BatchSize;
                    var count = Math.Min(options.BatchSize, rows.Length - first);
                    for (var i = 0; i < count; i++)
                    {
                        chosen[i] = rows[order is null ? first + i : order[first + i]];
                    }
                    var batch = free.TryDequeue(out var used) ? used : new Batch(table.Fields, options.BatchSize, free.Enqueue);
                    batch.Fill(table, chosen.AsSpan(0, count), options.LastBatch == LastBatch.Pad ? options.BatchSize : count, new LoaderPosition(epoch, index));
                    made.Add(batch, stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed: nobody waits any more.
        }
        catch (Exception e) // whatever it is, it belongs to the consumer
        {
            Volatile.Write(ref fault, ExceptionDispatchInfo.Capture(e));
        }
        finally
        {
            made.CompleteAdding();
        }
    }
}
