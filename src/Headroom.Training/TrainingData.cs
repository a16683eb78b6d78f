using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Training;

/// <summary>The rows to train on, and those to validate on. Fields feed the model's inputs of the same name.</summary>
/// <param name="Train">The table that training rows come from.</param>
/// <param name="TrainRows">Which of its rows.</param>
/// <param name="Fingerprint">SHA-256 of the dataset, in lower-case hexadecimal; empty where none is known.</param>
public sealed record TrainingData(TensorTable Train, ReadOnlyMemory<int> TrainRows, string Fingerprint = "")
{
    /// <summary>The table that validation rows come from, null for no validation.</summary>
    public TensorTable? Validation { get; init; }

    public ReadOnlyMemory<int> ValidationRows { get; init; }

    /// <summary>All rows of a table.</summary>
    public static TrainingData All(TensorTable train, TensorTable? validation = null, string fingerprint = "") => new(train, Count(train.Rows), fingerprint)
    {
        Validation = validation,
        ValidationRows = Count(validation?.Rows ?? 0),
    };

    /// <summary>One table, of which some rows train and others validate.</summary>
    public static TrainingData Split(TensorTable table, ReadOnlyMemory<int> train, ReadOnlyMemory<int> validation, string fingerprint = "") => new(table, train, fingerprint)
    {
        Validation = validation.Length > 0 ? table : null,
        ValidationRows = validation,
    };

    internal bool Validates => Validation is not null && ValidationRows.Length > 0;

    /// <summary>A hash of the fingerprint, the fields and the rows chosen: what must be the same for a resumed run.</summary>
    internal string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TensorTable? table in (TensorTable?[])[Train, Validation])
        {
            string fields = table is null ? "none" : string.Join(';', table.Fields.Select(f => $"{f.Name} {f.Type} [{string.Join(',', f.RowShape)}]")) + " " + table.Rows;
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{Fingerprint}\n{fields}\n"));
        }
        hash.AppendData(MemoryMarshal.AsBytes(TrainRows.Span));
        hash.AppendData([0xFF]);
        hash.AppendData(MemoryMarshal.AsBytes(ValidationRows.Span));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <exception cref="InputException">A row lies outside its table.</exception>
    internal void Check()
    {
        foreach ((TensorTable? table, ReadOnlyMemory<int> rows, string what) in new[] { (Train, TrainRows, "training"), (Validation, ValidationRows, "validation") })
        {
            foreach (int row in rows.Span)
            {
                if (table is null || row < 0 || row >= table.Rows) throw new InputException("data", $"{what} row {row} lies outside a table of {table?.Rows ?? 0} rows.", "Split the table that is trained on.");
            }
        }
    }

    private static int[] Count(int rows) => [.. Enumerable.Range(0, rows)];
}
