using Headroom.Evidence;

namespace Headroom.Evaluation;

/// <summary>One number about a model, made from its scores on rows that it has not seen.</summary>
/// <typeparam name="TScores">What it is made from: <c>ClassificationScores</c>, <c>RegressionScores</c>, <c>LanguageScores</c>.</typeparam>
/// <remarks>A sealed class with a parameterless constructor that implements it is found by <see cref="Measures"/>: adding one touches nothing else.</remarks>
public interface IMeasure<in TScores>
{
    /// <summary>The measurement's name, lower snake case.</summary>
    string Name { get; }

    /// <summary>The estimate with its interval and conventions; null where the rows leave it undefined.</summary>
    Measurement? Of(TScores scores, MeasureSettings settings);
}
