namespace Headroom.Cli.Report;

/// <summary>A part of the report under its heading.</summary>
internal sealed record Section(string Id, string Title, Html Body)
{
    public Html ToHtml() => Html.Of($"""
        <section id="{Id}">
        <h2>{Title}</h2>
        {Body}
        </section>

        """);

    /// <summary>In place of what a missing document would show.</summary>
    public static Section Missing(string id, string title, string document, string verb) => new(id, title, Lacks(document, verb));

    /// <summary>Which document is missing, what follows from that, and which verb writes it.</summary>
    public static Html Lacks(string document, string verb, string so = "") =>
        Html.Of($"<p class=\"note\">This run has no {document} yet{(so.Length > 0 ? ", so " + so : "")}; <code>headroom {verb}</code> writes it.</p>\n");

    /// <summary>A quiet line.</summary>
    public static Html Note(string text) => Html.Of($"<p class=\"note\">{text}</p>\n");
}
