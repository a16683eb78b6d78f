using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;

namespace Headroom.Training;

/// <summary>The moving averages of a session's weights, put into the weights' place and back.</summary>
internal sealed unsafe class WeightAverages : IDisposable
{
    private readonly List<(StateTensor Weight, StateTensor Average)> _pairs;

    private WeightAverages(List<(StateTensor, StateTensor)> pairs) => _pairs = pairs;

    /// <summary>Whether any are kept.</summary>
    public static bool Kept(Session session) => Pairs(session).Count > 0;

    /// <summary>Exchanges weights and averages, where there are any, until it is disposed; for good where it isn't.</summary>
    public static WeightAverages Exchange(Session session)
    {
        var averages = new WeightAverages(Pairs(session));
        averages.Swap();
        return averages;
    }

    public void Dispose() => Swap();

    private static List<(StateTensor Weight, StateTensor Average)> Pairs(Session session)
    {
        Dictionary<string, StateTensor> all = session.States.ToDictionary(s => s.Name, StringComparer.Ordinal);
        return [.. all.Values.Where(s => s.Declaration.Kind == StateKind.OptimizerState && s.Name.EndsWith(AveragedRule.Suffix, StringComparison.Ordinal))
            .Select(s => (all[s.Name[..^AveragedRule.Suffix.Length]], s))];
    }

    private void Swap()
    {
        Span<byte> chunk = stackalloc byte[4096];
        foreach ((StateTensor weight, StateTensor average) in _pairs)
        {
            for (long at = 0; at < weight.Type.Bytes; at += chunk.Length)
            {
                int count = (int)Math.Min(chunk.Length, weight.Type.Bytes - at);
                Span<byte> w = new(weight.Address + at, count), a = new(average.Address + at, count);
                w.CopyTo(chunk);
                a.CopyTo(w);
                chunk[..count].CopyTo(a);
            }
        }
    }
}
