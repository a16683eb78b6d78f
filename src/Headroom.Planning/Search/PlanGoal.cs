namespace Headroom.Planning.Search;

/// <summary>What a plan shall have least of.</summary>
public enum PlanGoal
{
    /// <summary>Seconds on the clock.</summary>
    Time,

    /// <summary>Dollars.</summary>
    Money,

    /// <summary>Joules at the wall.</summary>
    Energy,
}
