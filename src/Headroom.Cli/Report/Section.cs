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
    public static Section Missing(string id, string title, string document, string verb) =>
        new(id, title, Note($"This run has no {document} yet; `{verb}` writes it."));

    /// <summary>A quiet line.</summary>
    public static Html Note(string text) => Html.Of($"<p class=\"note\">{text}</p>\n");
}
