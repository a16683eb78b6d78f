using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headroom.Devices.Catalogue;

/// <summary>Writes devices in the form that files of devices have, so that what is shown can be changed and given back.</summary>
public static class CatalogueWriter
{
    /// <summary>The devices as a file of devices.</summary>
    /// <param name="accelerators">In the order in which they are written.</param>
    /// <returns>JSON, indented.</returns>
    public static string Write(IEnumerable<Accelerator> accelerators)
    {
        ArgumentNullException.ThrowIfNull(accelerators);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("accelerators");
            foreach (Accelerator accelerator in accelerators) Write(json, accelerator);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Accelerator a)
    {
        json.WriteStartObject();
        json.WriteString("name", a.Name);
        if (a.Maker.Length > 0) json.WriteString("maker", a.Maker);
        json.WriteString("kind", CatalogueFile.NameOf(a.Kind));
        json.WriteString("family", a.Family);
        json.WriteString("generation", a.Generation);
        Number(json, "year", a.Year);
        json.WriteStartObject("peaks");
        foreach (string type in Accelerator.PeakTypes) Number(json, type, a.Peak(type));
        json.WriteEndObject();
        Number(json, "memory", a.Memory?.Value);
        Number(json, "bandwidth", a.Bandwidth);
        Number(json, "link", a.Link);
        Number(json, "network", a.Network);
        Number(json, "nodeSize", a.NodeSize);
        Number(json, "watts", a.Watts?.Value);
        json.WriteStartArray("prices");
        foreach (AcceleratorPrice price in a.Prices) Write(json, price);
        json.WriteEndArray();
        json.WriteStartObject("sources");
        foreach ((string figure, IReadOnlyList<string> texts) in a.Sources) Texts(json, figure, texts);
        json.WriteEndObject();
        Texts(json, "aliases", a.Aliases);
        if (a.Note is not null) json.WriteString("note", a.Note);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AcceleratorPrice price)
    {
        json.WriteStartObject();
        json.WriteString("provider", price.Provider);
        json.WriteNumber("usdPerHour", price.UsdPerHour);
        if (price.Basis.Length > 0) json.WriteString("basis", price.Basis);
        if (price.Date is not null) json.WriteString("date", price.Date);
        json.WriteString("source", price.Source);
        if (price.Spot) json.WriteBoolean("spot", true);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number) json.WriteNumber(name, number);
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
