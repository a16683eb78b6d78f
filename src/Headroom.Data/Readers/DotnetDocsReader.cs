using Headroom.Data.Columns;
using Headroom.Data.DotnetDocs;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>The API documentation that the .NET SDK installs: a member's summary (<c>summary</c>), and the area it belongs to (<c>area</c>, the label).</summary>
/// <remarks>
/// The area is the first two segments of the member's namespace. A namespace of one segment (<c>System</c>) has no area: everything below it would be its part.
/// Areas count if they have <see cref="MinRows"/> summaries, repeats included (10.0 has 19 such). Then each text is kept once, where it first stood, with the area in
/// which it stands most often (of equals the first in ordinal order): "Gets or sets the name." belongs to many. The columns <c>namespace</c> and <c>member</c> are notes.
/// </remarks>
[Reader("dotnet-docs")]
public sealed class DotnetDocsReader : Reader
{
    /// <summary>The folder that .NET is installed in; by default it is found.</summary>
    public string? Root { get; init; }

    /// <summary>The summaries that an area must have, repeats included.</summary>
    public int MinRows { get; init; } = 1_000;

    /// <summary>Whether each text is kept once.</summary>
    public bool Distinct { get; init; } = true;

    /// <inheritdoc/>
    public override RowSource Open(CancellationToken cancellation = default)
    {
        var files = ReferencePacks.Files(Root, Source.Report, cancellation);
        var schema = new Schema(
            new ColumnSpec("summary", ColumnKind.Text),
            new ColumnSpec("area", ColumnKind.Category, ColumnRole.Label),
            new ColumnSpec("namespace", ColumnKind.Category, ColumnRole.Note),
            new ColumnSpec("member", ColumnKind.Text, ColumnRole.Note));
        return new RowSource(schema, Rows(files, cancellation), "dotnet-docs");
    }

    /// <summary>The first two segments of a namespace, or null if it has but one.</summary>
    public static string? AreaOf(string @namespace)
    {
        var first = @namespace.IndexOf('.', StringComparison.Ordinal);
        if (first < 0)
        {
            return null;
        }
        var second = @namespace.IndexOf('.', first + 1);
        return second < 0 ? @namespace : @namespace[..second];
    }

    private IEnumerable<Row> Rows(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var members = Members(files, cancellation);
        var namespaces = new Namespaces(members.Where(m => m.Id[0] == 'T').Select(m => m.Id));
        var placed = members.Where(m => m.Summary.Length > 0).Select(m => (Member: m, Namespace: namespaces.Of(m.Id)))
            .Select(m => (m.Member, m.Namespace, Area: AreaOf(m.Namespace))).Where(m => m.Area is not null).ToArray();
        var areas = placed.CountBy(m => m.Area!).Where(a => a.Value >= MinRows).Select(a => a.Key).ToHashSet();
        if (areas.Count == 0)
        {
            throw new InputException("dotnet-docs", $"no area has {MinRows} summaries", "Give a smaller 'min_rows'.");
        }
        var kept = placed.Where(m => areas.Contains(m.Area!));
        return (Distinct ? Once([.. kept]) : kept).Select(m => new Row(
            [Cell.Of(m.Member.Summary), Cell.Of(m.Area), Cell.Of(m.Namespace), Cell.Of(m.Member.Id)],
            new Origin(files[m.Member.File], m.Member.Line)));
    }

    private static List<Member> Members(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var each = new List<Member>[files.Count];
        try
        {
            Parallel.For(0, each.Length, new ParallelOptions { CancellationToken = cancellation }, i => each[i] = DocumentationFile.Members(files[i], i));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<InputException>().Any())
        {
            throw e.InnerExceptions.OfType<InputException>().OrderBy(x => x.Message, StringComparer.Ordinal).First();
        }
        return [.. each.SelectMany(m => m)];
    }

    private static IEnumerable<(Member Member, string Namespace, string? Area)> Once((Member Member, string Namespace, string? Area)[] rows)
    {
        foreach (var text in rows.GroupBy(r => r.Member.Summary, StringComparer.Ordinal))
        {
            var area = text.CountBy(r => r.Area!).OrderByDescending(a => a.Value).ThenBy(a => a.Key, StringComparer.Ordinal).First().Key;
            yield return text.First(r => r.Area == area);
        }
    }
}
