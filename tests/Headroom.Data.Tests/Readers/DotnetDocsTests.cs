using Headroom.Data.DotnetDocs;
using Headroom.Data.Readers;

namespace Headroom.Data.Tests.Readers;

public sealed class DotnetDocsTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("T:System.IO.Path", "System.IO")]
    [InlineData("M:System.IO.Path.Join(System.String,System.String)", "System.IO")]
    [InlineData("F:System.Environment.SpecialFolder.Fonts", "System")] // a nested type
    [InlineData("M:System.Collections.Generic.List`1.Enumerator.#ctor", "System.Collections.Generic")]
    [InlineData("M:System.IO.Path.System#IDisposable#Dispose", "System.IO")] // explicitly implemented
    [InlineData("M:System.Unknown.Type.Method(System.IO.Path)", "System.Unknown")]
    [InlineData("M:System.Decimal.op_Explicit(System.Decimal)~System.Char", "System")]
    [InlineData("T:Global", "")]
    public void Namespace_is_told_by_the_longest_type(string id, string expected)
    {
        var namespaces = new Namespaces(["T:System.IO.Path", "T:System.Environment", "T:System.Environment.SpecialFolder", "T:System.Decimal", "T:System.Collections.Generic.List`1", "T:System.Collections.Generic.List`1.Enumerator", "T:Global"]);
        Assert.Equal(expected, namespaces.Of(id));
    }

    [Theory]
    [InlineData("System", null)]
    [InlineData("System.IO", "System.IO")]
    [InlineData("System.IO.Pipes.More", "System.IO")]
    public void Area_is_two_segments(string name, string? area) => Assert.Equal(area, DotnetDocsReader.AreaOf(name));

    private Dataset Read(string members, int minRows = 1)
    {
        scratch.Write("packs/My.Ref/1.0.0/ref/net10.0/My.xml", "<doc><members></members></doc>"); // the older version is passed over
        scratch.Write("packs/My.Ref/1.0.10/ref/net10.0/My.xml", $"<doc><assembly><name>My</name></assembly><members>\n{members}</members></doc>");
        return Scratch.Read(new DotnetDocsReader { Root = scratch.Folder, MinRows = minRows });
    }

    [Fact]
    public void Summary_reads_as_plain_text()
    {
        var data = Read("""
            <member name="T:My.Things.Box"><summary>
              Holds a <see cref="T:System.Collections.Generic.List`1" /> of <paramref name="items"/>,
              made by <see cref="M:My.Things.Box.#ctor(System.Int32)"/> or <c>new</c>; <see langword="null"/> &amp; <see href="x">more</see>.<para>End.</para></summary></member>
            """);
        Assert.Equal("Holds a List of items, made by Box or new; null & more. End.", data.Texts("summary").Values[0]);
        Assert.Equal("My.Things", data.Texts("area").Values[0]);
    }

    [Fact]
    public void Repeated_text_is_kept_once_with_its_most_frequent_area()
    {
        var data = Read("""
            <member name="T:My.A.T"><summary>Gets it.</summary></member>
            <member name="T:My.B.T"><summary>Gets it.</summary></member>
            <member name="P:My.B.T.P"><summary> Gets  it.</summary></member>
            <member name="P:My.A.T.P"><summary>Other.</summary></member>
            <member name="P:My.A.T.Q"><summary></summary></member>
            """);
        Assert.Equal([("Gets it.", "My.B"), ("Other.", "My.A")], data.Texts("summary").Values.ToArray().Zip(data.Texts("area").Values.ToArray()).Select(p => (p.First!, p.Second!)));
    }

    [Fact]
    public void Small_areas_are_left_out() => Assert.Contains("no area has 5 summaries", Scratch.Fails(() => Read("<member name=\"T:My.A.T\"><summary>x</summary></member>", minRows: 5)));

    [Fact]
    public void Document_type_declarations_are_refused()
    {
        scratch.Write("packs/My.Ref/1.0.0/ref/net10.0/My.xml", "<!DOCTYPE d [<!ENTITY a \"aaaa\">]><doc><members><member name=\"T:A.B.C\"><summary>&a;</summary></member></members></doc>");
        Assert.Contains("My.xml", Scratch.Fails(() => Scratch.Read(new DotnetDocsReader { Root = scratch.Folder })));
    }

    [Fact]
    public void Folder_without_documentation_is_refused() => Assert.Contains("packs", Scratch.Fails(() => Scratch.Read(new DotnetDocsReader { Root = scratch.Folder })));

    [Fact] // on the SDK that builds this: 10.0 has 19 areas
    public void Installed_documentation_has_nineteen_areas_and_fifty_thousand_texts()
    {
        if (!DotnetRoot.Candidates().Any(r => ReferencePacks.Under(Path.Combine(r, "packs")).Count > 0))
        {
            Assert.Skip("The .NET SDK here has no XML documentation in its packs.");
        }
        var data = Scratch.Read(new DotnetDocsReader());
        var areas = data.Texts("area").Values.ToArray().CountBy(a => a!).ToDictionary();
        Assert.Equal(19, areas.Count);
        Assert.InRange(data.Rows, 45_000, 70_000);
        Assert.Equal(data.Rows, data.Texts("summary").Values.ToArray().Distinct().Count());
        Assert.DoesNotContain("System", areas.Keys);
        Assert.Contains("Microsoft.AspNetCore", areas.Keys);
    }
}
