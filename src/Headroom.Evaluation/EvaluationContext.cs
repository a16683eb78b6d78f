using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;

namespace Headroom.Evaluation;

/// <summary>What an evaluation document holds beside what is measured.</summary>
public sealed record EvaluationContext
{
    /// <summary>What the evaluation rests on, by name (<c>model.onnx</c>, <c>training</c>, <c>dataset</c>): lower-case hexadecimal SHA-256.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The rules that <c>headroom.yaml</c> sets.</summary>
    public IReadOnlyList<Gate> Gates { get; init; } = [];

    /// <summary>A plain model on the same rows, null where none was made.</summary>
    public Baseline? Baseline { get; init; }

    public MeasureSettings Measures { get; init; } = new();

    /// <summary>When; now where it is null.</summary>
    public DateTimeOffset? Created { get; init; }
}
