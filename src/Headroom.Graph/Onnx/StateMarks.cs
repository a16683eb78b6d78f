namespace Headroom.Graph.Onnx;

/// <summary>
/// What an initializer is, kept as its doc string: ONNX itself doesn't tell a weight from a constant or a running statistic, and a model that is read back must train as it did before.
/// </summary>
internal static class StateMarks
{
    public const string Constant = "headroom: constant";

    private const string Weight = "headroom: weight", Fixed = "headroom: fixed weight", Statistic = "headroom: statistic";

    public static string Of(State s) => s.Kind == StateKind.Statistic ? Statistic : s.Trainable ? Weight : Fixed;

    /// <summary>What a mark says; null for no mark of ours.</summary>
    public static (StateKind Kind, bool Trainable)? Read(string doc) => doc switch
    {
        Weight => (StateKind.Weight, true),
        Fixed => (StateKind.Weight, false),
        Statistic => (StateKind.Statistic, false),
        _ => null,
    };
}
