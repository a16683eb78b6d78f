using System.Globalization;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.Passes;

namespace Headroom.Planning.Budgets;

/// <summary>Picks the fastest candidate within a memory budget, and says why.</summary>
/// <param name="Candidates">From <see cref="BudgetSearch"/>.</param>
/// <param name="Memory">Working memory there is; null for no limit.</param>
public sealed record BudgetChoice(IReadOnlyList<Candidate> Candidates, Bytes? Memory)
{
    /// <summary>What a prediction may be off by: so much stays free. 2 %, or 8 MiB where that is more.</summary>
    public static Bytes Margin(Bytes working) => new(Math.Max(working.Value / 50, 8 << 20));

    public bool Fits(Candidate c) => Memory is not Bytes m || c.Working + Margin(c.Working) <= m;

    /// <exception cref="InputException">None fits; the message says what would.</exception>
    public Candidate Pick()
    {
        if (Candidates.FirstOrDefault(Fits) is Candidate best) return best;
        IReadOnlyList<Candidate> frontier = BudgetSearch.Frontier(Candidates);
        Candidate smallest = frontier[^1], fastest = frontier[0];
        Bytes needed = smallest.Working + Margin(smallest.Working);
        throw new InputException(
            "train.budget.memory",
            $"no plan fits into {Memory}",
            string.Create(CultureInfo.InvariantCulture, $"Smallest plan: {needed}, at {smallest.Step.Value / fastest.Step.Value:0.0#} times the time of the fastest, which takes {fastest.Working + Margin(fastest.Working)} ({smallest.Levers}). Give that much, a smaller model, or a smaller train.batch."));
    }

    /// <summary>The document's part: what was chosen, with the figures.</summary>
    public IReadOnlyList<PlanChoice> Explain(Candidate chosen)
    {
        var choices = new List<PlanChoice>();
        Candidate? Best(Func<Candidate, bool> among) => Candidates.Where(among).FirstOrDefault();
        string Figures(Candidate c) => $"{c.Step} a step in {c.Working}";
        string budget = Memory is Bytes m ? $"; the budget is {m}, of which {Margin(chosen.Working)} stay free" : "";
        Candidate? other = Best(c => c.Levers.Compute != chosen.Levers.Compute);
        choices.Add(new("precision", chosen.Levers.Compute.ShortName(), other is null ? "the settings ask for it" : $"{Figures(Best(c => c.Levers.Compute == chosen.Levers.Compute)!)} at its fastest; {other.Levers.Compute.ShortName()} takes {Figures(other)}"));
        if (chosen.Levers.Base is BaseStorage storage)
        {
            Candidate? otherwise = Best(c => c.Levers.Base != storage);
            choices.Add(new("frozen weights", Levers.Words(storage), otherwise is null ? "the only form there is" : $"{Figures(Best(c => c.Levers.Base == storage)!)} at its fastest; {Levers.Words(otherwise.Levers.Base!.Value)} it takes {Figures(otherwise)}{budget}"));
        }
        Candidate? whole = Best(c => c.Levers.Compute == chosen.Levers.Compute && c.Levers.MicroBatches == 1);
        choices.Add(new("micro-batches", chosen.Levers.MicroBatches.ToString(CultureInfo.InvariantCulture),
            chosen.Levers.MicroBatches == 1 ? "the batch in one part is the fastest that fits" : whole is null ? "the settings ask for it" : $"the batch in one part takes {Figures(whole)} at its fastest, so parts of it are summed{budget}"));
        Candidate? kept = Best(c => c.Levers.Compute == chosen.Levers.Compute && c.Levers.MicroBatches == chosen.Levers.MicroBatches && c.Levers.Recompute.IsEmpty);
        choices.Add(new("recompute", chosen.Levers.Recompute.IsEmpty ? "none" : $"{chosen.Levers.Recompute.Length} activations",
            chosen.Levers.Recompute.IsEmpty || kept is null
                ? $"everything kept takes {chosen.Working}{budget}"
                : $"everything kept takes {Figures(kept)}; making these again saves {kept.Working - chosen.Working} for {new Seconds(chosen.Step.Value - kept.Step.Value)} a step{budget}"));
        return choices;
    }

    public IReadOnlyList<PlanAlternative> Alternatives() => [.. BudgetSearch.Frontier(Candidates).Select(c => new PlanAlternative(c.Levers.ToString(), c.Working, c.Step, Fits(c)))];
}
