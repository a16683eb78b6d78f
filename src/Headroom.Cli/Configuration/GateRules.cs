using Headroom.Evaluation;
using Headroom.Evaluation.Drawing;
using Headroom.Evaluation.Forecasting;
using Headroom.Evaluation.Language;
using Headroom.Evidence;
using Headroom.Evidence.Gates;

namespace Headroom.Cli.Configuration;

/// <summary>The gates that headroom.yaml sets.</summary>
internal static class GateRules
{
    /// <param name="settings">The project's.</param>
    /// <param name="where">Where they stand: the file, and the line.</param>
    /// <exception cref="InputException">A rule is none, or the preset's evaluation has no such measurement.</exception>
    public static Gate[] ParseGates(this ProjectSettings settings, string where)
    {
        IReadOnlyList<string> known = settings.Model.Preset.Task() switch
        {
            ModelTask.NextToken => [.. Measures.Names<LanguageScores>(), LogitParity.Name],
            ModelTask.Draw => [.. Measures.Names<DrawnScores>(), PictureParity.Name],
            ModelTask.Forecast => [.. Measures.Names<ForecastScores>(), LogitParity.Name],
            _ => ClassifierEvaluation.Names,
        };
        return [.. settings.Evaluate.Gates.Select(g => Gate.Parse(g, $"{where}, evaluate.gates", known))];
    }
}
