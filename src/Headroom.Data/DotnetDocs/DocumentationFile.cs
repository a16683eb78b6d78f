using System.Text;
using System.Xml;
using Headroom.Evidence;

namespace Headroom.Data.DotnetDocs;

/// <summary>Reads the members of one XML documentation file.</summary>
internal static class DocumentationFile
{
    /// <summary>Every member, with its summary or, where it has none, the empty text.</summary>
    /// <exception cref="InputException">The file is no well-formed XML.</exception>
    public static List<Member> Members(string path, int file)
    {
        var members = new List<Member>();
        try
        {
            using var stream = Sources.InputFile.Open(path);
            using var xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true });
            while (xml.ReadToFollowing("member"))
            {
                if (xml.GetAttribute("name") is { Length: > 2 } id && id[1] == ':')
                {
                    var line = (xml as IXmlLineInfo)?.LineNumber ?? 0;
                    using var inner = xml.ReadSubtree();
                    members.Add(new Member(id, inner.ReadToDescendant("summary") ? Text(inner) : "", file, line));
                }
            }
        }
        catch (XmlException e)
        {
            throw new InputException($"{path}, line {e.LineNumber}: the file is no well-formed XML: {e.Message}\nRepair the .NET installation, or give another one as 'root'.", e);
        }
        return members;
    }

    // A reference reads as the last name in it, as a reader of the page sees it; whitespace runs are one space.
    private static string Text(XmlReader xml)
    {
        var text = new StringBuilder();
        var depth = xml.Depth;
        if (xml.IsEmptyElement)
        {
            return "";
        }
        while (xml.Read() && xml.Depth > depth)
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    text.Append(xml.Value);
                    break;
                case XmlNodeType.Element when xml.Name is "para" or "br" or "item" or "description" or "term":
                    text.Append(' ');
                    break;
                case XmlNodeType.Element when xml.Name is "see" or "seealso" && xml.IsEmptyElement:
                    text.Append(LastName(xml.GetAttribute("cref") ?? xml.GetAttribute("langword") ?? xml.GetAttribute("href") ?? ""));
                    break;
                case XmlNodeType.Element when xml.Name is "paramref" or "typeparamref":
                    text.Append(xml.GetAttribute("name"));
                    break;
                default:
                    break;
            }
        }
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string LastName(string cref)
    {
        var name = cref.Length > 2 && cref[1] == ':' ? cref[2..] : cref;
        name = name.Split('(')[0];
        // System.Collections.Generic.List`1.#ctor names List's constructor.
        var parts = name.Split('.', StringSplitOptions.RemoveEmptyEntries).Where(p => p is not ("#ctor" or "#cctor")).ToArray();
        return parts.Length == 0 ? "" : parts[^1].Split('`', '{')[0];
    }
}
