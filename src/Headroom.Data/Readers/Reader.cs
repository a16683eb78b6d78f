using System.Text.Json.Serialization;
using Headroom.Data.Columns;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>Turns files into rows. A reader is one class with a <see cref="ReaderAttribute"/>; its public properties are its settings.</summary>
public abstract class Reader
{
    /// <summary>Where relative paths are looked for.</summary>
    [JsonIgnore]
    public DataSource Source { get; set; } = new();

    /// <summary>Refuses settings that can't be meant, before any file is read.</summary>
    /// <exception cref="InputException">One is so; the message begins with <c>data.</c> and its key.</exception>
    public virtual void Check() { }

    /// <summary>Rows as they are read; every enumeration reads anew.</summary>
    /// <exception cref="InputException">The file is missing or broken, or a setting does not fit it; also thrown while the rows are enumerated.</exception>
    public abstract RowSource Open(CancellationToken cancellation = default);

    /// <summary>All rows, in memory.</summary>
    /// <exception cref="InputException">As for <see cref="Open"/>, or there are no rows.</exception>
    public Dataset Read(CancellationToken cancellation = default) => Dataset.Collect(Open(cancellation), cancellation);

    private protected string Locate(string? path, string setting = "path", CancellationToken cancellation = default) => string.IsNullOrWhiteSpace(path)
        ? throw new InputException("data", $"'{setting}' is not given", "Give the path of the file to read.")
        : Source.Resolve(path, cancellation);
}
