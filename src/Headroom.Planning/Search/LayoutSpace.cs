using Headroom.Planning.Training;

namespace Headroom.Planning.Search;

/// <summary>Accelerators' places in a plan: what they share, before it is settled how a pass goes.</summary>
/// <param name="Tensor">That share a matrix.</param>
/// <param name="Pipeline">Stages.</param>
/// <param name="Context">That share a sequence.</param>
/// <param name="Data">Copies.</param>
/// <param name="Expert">That experts are spread over.</param>
public readonly record struct LayoutGrid(int Tensor, int Pipeline, int Context, int Data, int Expert)
{
    /// <summary>All of them.</summary>
    public int Devices => Tensor * Pipeline * Context * Data;
}

/// <summary>Every legal layout of a request: grids, and of each the ways to run a step on it.</summary>
public sealed class LayoutSpace
{
    // Beyond, attention heads of one sequence meet too few tokens each; engines stop there too.
    private const int MostContext = 16, MostMicroBatch = 64, MostInterleave = 8;

    private static readonly Recompute[] Recomputes = [Recompute.None, Recompute.Selective, Recompute.Full];

    private readonly SearchRequest _request;
    private readonly int[] _tensors, _stages, _contexts, _copies, _experts;

    /// <summary>Finds the divisors that layouts are made of.</summary>
    /// <param name="request">What is asked.</param>
    public LayoutSpace(SearchRequest request)
    {
        _request = request;
        var m = request.Shape;
        _tensors = request.Tensor is int t ? [t] : [.. LayoutRules.Divisors(m.Heads).Where(d => LayoutRules.TensorProblem(m, d) is null)];
        _stages = request.Stages is int p ? [p] : LayoutRules.Divisors(m.Layers);
        _contexts = [.. new[] { 1, 2, 4, 8, MostContext }.Where(c => request.Sequence % c == 0 && (c == 1 || request.Sequence / c >= 1024))];
        _copies = LayoutRules.Divisors(request.Batch);
        _experts = m.Experts > 0 ? LayoutRules.Divisors(m.Experts) : [1];
    }

    /// <summary>Grids of at most so many accelerators.</summary>
    /// <param name="most">Accelerators.</param>
    public IEnumerable<LayoutGrid> Grids(int most)
    {
        foreach (int tensor in _tensors)
            foreach (int stages in _stages)
                foreach (int context in _contexts)
                {
                    long shared = (long)tensor * stages * context;
                    if (shared > most) break;
                    foreach (int data in _copies)
                    {
                        if (shared * data > most) break;
                        foreach (int expert in _experts)
                            if (data * context % expert == 0) yield return new(tensor, stages, context, data, expert);
                    }
                }
    }

    /// <summary>How many layouts a grid has.</summary>
    /// <param name="g">The grid.</param>
    public long Count(LayoutGrid g)
    {
        long perCopy = _request.Batch / g.Data, count = 0;
        int parts = Interleaves(g).Length, zeros = Zeros(g).Length;
        foreach (int micro in LayoutRules.Divisors(perCopy, MostMicroBatch)) count += (Pipelined(g, perCopy / micro) ? parts : 1) * (long)zeros;
        return count * Recomputes.Length * (g.Tensor > 1 ? 2 : 1) * (_request.AllowOffload ? 2 : 1);
    }

    /// <summary>Every layout of a grid.</summary>
    /// <param name="g">The grid.</param>
    public IEnumerable<TrainingLayout> Layouts(LayoutGrid g)
    {
        long perCopy = _request.Batch / g.Data;
        int[] zeros = Zeros(g), parts = Interleaves(g);
        foreach (int micro in LayoutRules.Divisors(perCopy, MostMicroBatch))
        {
            int passes = (int)(perCopy / micro);
            foreach (int interleave in Pipelined(g, passes) ? parts : [1])
                foreach (int zero in zeros)
                    foreach (Recompute recompute in Recomputes)
                        for (int sequence = g.Tensor > 1 ? 1 : 0; sequence >= 0; sequence--)
                            for (int offload = 0; offload <= (_request.AllowOffload ? 1 : 0); offload++)
                                yield return new TrainingLayout { Tensor = g.Tensor, Pipeline = g.Pipeline, Context = g.Context, Data = g.Data, Expert = g.Expert, MicroBatch = micro, Accumulation = passes, Interleave = interleave, Zero = zero, Recompute = recompute, SequenceParallel = sequence == 1, Offload = offload == 1 };
        }
    }

    /// <summary>The layouts of a grid that hold least beside activations, one a level of sharding.</summary>
    /// <param name="g">The grid.</param>
    public IEnumerable<TrainingLayout> Leanest(LayoutGrid g) => Zeros(g).Select(zero => new TrainingLayout { Tensor = g.Tensor, Pipeline = g.Pipeline, Context = g.Context, Data = g.Data, Expert = g.Expert, Accumulation = (int)(_request.Batch / g.Data), Zero = zero, Recompute = Recompute.Full, SequenceParallel = g.Tensor > 1, Offload = _request.AllowOffload });

    /// <summary>Interleaved stages want micro-batches by the number of stages.</summary>
    private static bool Pipelined(LayoutGrid g, long passes) => g.Pipeline > 1 && passes % g.Pipeline == 0;

    private int[] Interleaves(LayoutGrid g) => g.Pipeline == 1 ? [1] : LayoutRules.Divisors(_request.Shape.Layers / g.Pipeline, MostInterleave);

    /// <summary>A pipeline's stages keep gradients over all micro-batches, so that only optimizer states are sharded beside one.</summary>
    private static int[] Zeros(LayoutGrid g) => g.Data * g.Context == 1 ? [0] : g.Pipeline > 1 ? [0, 1] : [0, 1, 2, 3];
}
