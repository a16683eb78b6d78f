namespace Headroom.Planning.Search;

/// <summary>What a search found.</summary>
/// <param name="Best">The plan that has least of what was asked for, within the limits; null where there is none.</param>
/// <param name="Front">Plans that no other beats in time, money, energy and memory, the best first; all within the limits.</param>
/// <param name="Kinds">The best plan of each kind of accelerator that has one, be it better than others' or not.</param>
/// <param name="Weighed">Layouts whose memory, and where they fit whose time, was reckoned.</param>
/// <param name="Pruned">Layouts left out because a bound shows that they can't fit, keep to the limits, or be on the front.</param>
/// <param name="TooLarge">Of those weighed, how many don't fit.</param>
/// <param name="Smallest">Where nothing fits: the layout that lacks least memory.</param>
public sealed record SearchResult(TrainingPlan? Best, IReadOnlyList<TrainingPlan> Front, IReadOnlyList<TrainingPlan> Kinds, long Weighed, long Pruned, long TooLarge, TrainingPlan? Smallest);
