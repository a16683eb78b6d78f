namespace Headroom.Data.DotnetDocs;

/// <summary>Tells the namespace of a documented member, which its id does not mark off: <c>System.IO.Path.Join</c> has two segments of namespace, <c>System.Environment.SpecialFolder.Fonts</c> one.</summary>
/// <remarks>Ids as in the C# specification, annex D.4.2. The types are those that some file documents (<c>T:</c>).</remarks>
internal sealed class Namespaces(IEnumerable<string> typeIds)
{
    private readonly HashSet<string> types = [.. typeIds.Select(id => id[2..])];

    /// <summary>The namespace; empty where the member is in none.</summary>
    public string Of(string id)
    {
        var name = NameOf(id);
        if (id[0] == 'N')
        {
            return name;
        }
        var type = id[0] == 'T' ? name : DeclaringType(name);
        // A type whose own prefix is a type is nested; the outermost one stands in the namespace.
        while (Parent(type) is { } parent && types.Contains(parent))
        {
            type = parent;
        }
        return Parent(type) ?? "";
    }

    // Parameters and a conversion's result (~) follow the name; an explicitly implemented interface has # for its dots.
    private static string NameOf(string id)
    {
        var end = id.AsSpan(2).IndexOfAny('(', '~');
        return end < 0 ? id[2..] : id.Substring(2, end);
    }

    private static string? Parent(string name) => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : null;

    // The longest prefix that is a type; where none is, the type is undocumented and the member's name is the last segment.
    private string DeclaringType(string member)
    {
        for (var type = Parent(member); type is not null; type = Parent(type))
        {
            if (types.Contains(type))
            {
                return type;
            }
        }
        return Parent(member) ?? member;
    }
}
