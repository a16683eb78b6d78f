using Headroom.Data.Tables;
using Headroom.Evidence.Documents;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Runtime.Execution;

namespace Headroom.Training;

/// <summary>Runs the forward graph over the validation rows: mean loss, and accuracy where there are labels.</summary>
internal sealed class Validator
{
    private readonly Program _program;
    private readonly BatchFeed _feed;
    private readonly TensorTable _table;
    private readonly int[] _rows;
    private readonly byte[][] _buffers;
    private readonly int[] _chosen;
    private readonly Value _logits;
    private readonly long[] _labels;

    public Validator(TypedGraph graph, TrainingData data, int batch, Session session)
    {
        _program = session.Compile(graph);
        (_table, _rows, _chosen) = (data.Validation!, data.ValidationRows.ToArray(), new int[batch]);
        _feed = new BatchFeed(graph, _table);
        HashSet<int> read = [.. _feed.Fields];
        _buffers = [.. _table.Fields.Select((f, i) => read.Contains(i) ? new byte[checked(f.RowBytes * batch)] : [])];
        _logits = graph.Outputs.FirstOrDefault(o => o != Objectives.Loss);
        TypedInput? labels = graph.Inputs.FirstOrDefault(i => i.Value == Objectives.Labels && i.Type.Element == ElementType.Int64);
        _labels = _logits.Exists && labels is not null && graph.Type(_logits).Rank > 0 && graph.Type(_logits).Elements == labels.Type.Elements * graph.Type(_logits).Shape[-1]
            ? new long[labels.Type.Elements] : [];
    }

    /// <exception cref="OperationCanceledException">Asked to stop, between two batches.</exception>
    public ValidationRecord Run(long step, CancellationToken cancellation)
    {
        double loss = 0;
        long right = 0, counted = 0, weight = 0;
        for (int first = 0; first < _rows.Length; first += _chosen.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            int real = Math.Min(_chosen.Length, _rows.Length - first), padding = _chosen.Length - real;
            _rows.AsSpan(first, real).CopyTo(_chosen);
            _chosen.AsSpan(real).Fill(_rows[^1]);
            double mean = RunChosen();
            right += Right(real, ref counted);
            long all = Counted(_chosen.Length), one = 0;
            double sum = mean * all;
            if (padding > 0)
            {
                // The loss is a mean over what counts, so a batch of nothing but the padding row tells that row's part, and the sum without it is left.
                _chosen.AsSpan().Fill(_rows[^1]);
                double alone = RunChosen();
                one = Counted(1);
                sum -= padding * one * alone;
            }
            loss += sum;
            weight += all - (padding * one);
        }
        return new ValidationRecord(step, loss / weight, counted > 0 ? right / (double)counted : null);
    }

    private double RunChosen()
    {
        foreach (int field in _feed.Fields) _table.CopyRows(_chosen, field, _buffers[field]);
        _feed.Fill(_program, _buffers);
        // Kept aside: the graph may use an input's buffer again.
        if (_labels.Length > 0) _program.Input<long>(Objectives.Labels).CopyTo(_labels);
        _program.Run();
        return _program.Output<float>(Objectives.Loss)[0];
    }

    /// <summary>What the loss of the batch's first rows is a mean over: their labels but those that are left out; rows where the labels are no classes.</summary>
    private long Counted(int rows)
    {
        Span<long> labels = _labels.AsSpan(0, _labels.Length / _chosen.Length * rows);
        return _labels.Length == 0 ? rows : labels.Length - labels.Count(Objectives.NoLabel);
    }

    private long Right(int rows, ref long counted)
    {
        if (_labels.Length == 0) return 0;
        ReadOnlySpan<float> logits = _program.Output<float>(_logits);
        int classes = logits.Length / _labels.Length, labels = _labels.Length / _chosen.Length * rows;
        long right = 0;
        for (int i = 0; i < labels; i++) if (Largest(logits.Slice(i * classes, classes)) == _labels[i]) right++;
        counted += Counted(rows);
        return right;
    }

    /// <summary>The place of the largest number, of the first where several are.</summary>
    private static int Largest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++) if (values[i] > values[best]) best = i;
        return best;
    }
}
