using Headroom.Planning.Calibration;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Power.Rows;

/// <summary>Predicts the draw of whole nodes in training.</summary>
public sealed class NodePredictor : IRowPredictor
{
    /// <inheritdoc/>
    public string Name => "power";

    /// <inheritdoc/>
    public IReadOnlyList<string> Quantities { get; } = [Quantity.Watts];

    /// <inheritdoc/>
    public bool Concerns(MeasuredRow row, string quantity) => row.Measured.Text("node_power_watts_mean_during_run", "node_power_watts", "avg_node_power_watts") is not null;

    /// <inheritdoc/>
    public Prediction? Predict(MeasuredRow row, string quantity, out string reason) => NodeQuestion.Read(row, out reason) is not { } q ? null
        : new(q.Watts, q.Predicted(PowerCalibration.Rates(Calibrations.Power, q.Device), Calibrations.Power.Value(PowerCalibration.Waiting))) { Family = q.Device.FitKey() };
}
