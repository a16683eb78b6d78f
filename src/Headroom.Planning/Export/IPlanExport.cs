using Headroom.Planning.Search;

namespace Headroom.Planning.Export;

/// <summary>Writes a plan as the settings of an engine that trains.</summary>
public interface IPlanExport
{
    /// <summary>As it is asked for: <c>deepspeed</c>.</summary>
    string Name { get; }

    /// <summary>The file that the settings go into.</summary>
    string FileName { get; }

    /// <summary>What of a plan the engine can't do, in words that end the sentence "this plan …"; null where it can do all.</summary>
    /// <param name="plan">The plan.</param>
    string? Obstacle(TrainingPlan plan);

    /// <summary>The settings, as text of the engine's own format.</summary>
    /// <param name="plan">A plan without <see cref="Obstacle"/>.</param>
    /// <param name="model">What the user called the model.</param>
    string Write(TrainingPlan plan, string model);
}
