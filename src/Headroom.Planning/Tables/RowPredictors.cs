using Headroom.Planning.Diffusion.Rows;
using Headroom.Planning.Power.Rows;
using Headroom.Planning.Serving.Rows;
using Headroom.Planning.Vision.Rows;

namespace Headroom.Planning.Tables;

/// <summary>Every predictor of measured rows.</summary>
public static class RowPredictors
{
    /// <summary>All of them. A row's figure is predicted by the first that it concerns.</summary>
    public static IReadOnlyList<IRowPredictor> All { get; } = [new Training.RowPredictor(), new ServingPredictor(), new DiffusionPredictor(), new VisionPredictor(), new NodePredictor()];
}
