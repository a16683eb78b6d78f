namespace Headroom.Planning.Tables;

/// <summary>Every predictor of measured rows.</summary>
public static class RowPredictors
{
    /// <summary>All of them. A row's figure is predicted by the first that it concerns.</summary>
    public static IReadOnlyList<IRowPredictor> All { get; } = [new Training.RowPredictor()];
}
