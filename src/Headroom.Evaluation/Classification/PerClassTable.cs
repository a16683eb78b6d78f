using Headroom.Evidence.Documents;

namespace Headroom.Evaluation.Classification;

/// <summary>Precision, recall and F1 of each class, taken as one against the rest.</summary>
/// <remarks>What is 0/0 is null: precision where nothing was predicted as the class, recall where no row is of it, F1 where neither is so.</remarks>
public static class PerClassTable
{
    public static IReadOnlyList<ClassScore> Of(ConfusionMatrix matrix, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(classes);
        ClassScore[] table = new ClassScore[matrix.Classes];
        for (int c = 0; c < table.Length; c++)
        {
            long hits = matrix[c, c], truth = matrix.TrueRows(c), predicted = matrix.PredictedRows(c);
            table[c] = new ClassScore(classes[c], truth, Ratio(hits, predicted), Ratio(hits, truth), Ratio(2 * hits, truth + predicted));
        }
        return table;
    }

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
