using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;
using Headroom.Evidence.Json;

namespace Headroom.Evidence;

/// <summary>Documents as JSON (RFC 8259): UTF-8, indented, <c>\n</c>, names in lower camel case and always in the same order, numbers that read back to the same bits.</summary>
/// <remarks>Numbers are finite: NaN or infinity is refused by the name of its measurement. Only an interval's end may be unbounded, and is null then.
/// Texts are not escaped for HTML; who puts JSON into a page does that. Reading is strict: unknown, missing, doubled or wrongly typed properties are refused.</remarks>
public static class EvidenceJson
{
    /// <summary>The largest document that is read or written: 64 MiB. A history of 300,000 steps fits; thin out longer ones.</summary>
    public const int MaximumBytes = 64 << 20;

    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        [PlanDocument.SchemaName] = typeof(PlanDocument),
        [TrainingDocument.SchemaName] = typeof(TrainingDocument),
        [EvaluationDocument.SchemaName] = typeof(EvaluationDocument),
        [MachineDocument.SchemaName] = typeof(MachineDocument),
    };

    private static readonly JsonSerializerOptions Indented = Writing();

    /// <summary>The names and forms of documents, for values that are not whole documents: compact, strict, quantities as numbers.</summary>
    public static JsonSerializerOptions Options { get; } = Compact();

    /// <summary>The schemas that this version knows, with their types.</summary>
    public static IReadOnlyDictionary<string, Type> Schemas => Types;

    /// <summary>The document's bytes.</summary>
    /// <exception cref="InputException">A number is not finite, or sizes within the document clash.</exception>
    public static byte[] Serialize(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        foreach (string fault in document.Faults())
        {
            throw new InputException(document.Schema, $"{fault}.", "A document holds finite numbers that fit together; look for what went wrong where the number was made.");
        }
        byte[] json = Bytes(document);
        return json.Length <= MaximumBytes ? json : throw new InputException(document.Schema,
            $"it would take {json.Length} bytes, and a document holds at most {MaximumBytes}.", "Keep every n-th step of the history instead of all.");
    }

    /// <summary>Writes the document whole or not at all; gives back the SHA-256 of its bytes.</summary>
    /// <exception cref="InputException">As <see cref="Serialize"/> and <see cref="AtomicFile.Write"/>.</exception>
    public static string Write(string path, Document document)
    {
        byte[] json = Serialize(document);
        AtomicFile.WriteBytes(path, json);
        return ContentHash.Of(json);
    }

    /// <summary>Reads a document of any known schema.</summary>
    /// <exception cref="InputException">The file is missing, too large, torn, or no such document.</exception>
    public static Document Read(string path) => Parse(DocumentFile.Read(path), path);

    /// <summary>Reads a document of the one type.</summary>
    /// <exception cref="InputException">As <see cref="Read(string)"/>, or the document is of another schema.</exception>
    public static T Read<T>(string path) where T : Document => Parse<T>(DocumentFile.Read(path), path);

    /// <summary>As <see cref="Parse"/>, for the one type.</summary>
    public static T Parse<T>(ReadOnlyMemory<byte> json, string where) where T : Document => Parse(json, where) is var document && document is T wanted
        ? wanted
        : throw new InputException(where, $"this is a '{document.Schema}' document.", $"Name a '{Types.First(t => t.Value == typeof(T)).Key}' document.");

    /// <summary>Reads a document from its bytes; <paramref name="where"/> names them in messages.</summary>
    /// <exception cref="InputException">It is no such document: says in which line and why.</exception>
    public static Document Parse(ReadOnlyMemory<byte> json, string where)
    {
        const string remedy = "Restore the file, or run the stage that writes it again.";
        if (json.Length > MaximumBytes) throw new InputException(where, $"it has {json.Length} bytes, and a document holds at most {MaximumBytes}.", remedy);
        if (!Utf8.IsValid(json.Span)) throw new InputException(where, "it is not UTF-8.", remedy);
        try
        {
            Type type = Types[SchemaOf(json, where)];
            Document document = (Document)JsonSerializer.Deserialize(json.Span, type, Options)!;
            foreach (string fault in document.Faults()) throw new InputException(where, $"{fault}.", remedy);
            return document;
        }
        catch (JsonException e)
        {
            string line = e.LineNumber is long n ? $"{where}, line {n + 1}" : where;
            throw new InputException($"{line}: this is no document that Headroom wrote: {Inner(e)}\n{remedy}", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or NotSupportedException or OverflowException)
        {
            throw new InputException($"{where}: {e.Message}\n{remedy}", e);
        }
    }

    /// <summary>Whether two documents are written the same.</summary>
    internal static bool Same(Document a, Document? b) =>
        ReferenceEquals(a, b) || (b is not null && a.Schema == b.Schema && a.Created == b.Created && Bytes(a).AsSpan().SequenceEqual(Bytes(b)));

    private static byte[] Bytes(Document document)
    {
        using MemoryStream stream = new();
        JsonSerializer.Serialize(stream, document, document.GetType(), Indented);
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static string SchemaOf(ReadOnlyMemory<byte> json, string where)
    {
        string known = "This version reads: " + string.Join(", ", Types.Keys);
        using JsonDocument root = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = Options.MaxDepth });
        CheckTexts(root.RootElement);
        if (root.RootElement.ValueKind != JsonValueKind.Object || !root.RootElement.TryGetProperty("schema", out JsonElement schema) || schema.ValueKind != JsonValueKind.String)
        {
            throw new InputException(where, "it names no schema, so it is no document of Headroom.", known);
        }
        string name = schema.GetString()!;
        return Types.ContainsKey(name) ? name : throw new InputException(where,
            $"the schema '{(name.Length <= 80 ? name : name[..80] + "...")}' is unknown to this version.{NearestName.Hint(name, Types.Keys)}", known);
    }

    /// <summary>An escape like <c>\ud800</c> is well-formed JSON but no text; settings would carry it along until somebody reads them.</summary>
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray()) CheckTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }
                break;
        }
    }

    private static string Inner(JsonException e)
    {
        int path = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        string message = path > 0 ? e.Message[..path] : e.Message;
        return e.Path is { Length: > 1 and < 200 } at ? $"{at}: {message}" : message;
    }

    private static JsonSerializerOptions Compact()
    {
        JsonSerializerOptions options = new(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            PropertyNameCaseInsensitive = false,
            MaxDepth = 32,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NewLine = "\n",
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireAll } },
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        options.Converters.Add(new IntervalConverter());
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new BytesConverter());
        options.Converters.Add(new FlopsConverter());
        options.Converters.Add(new SecondsConverter());
        options.MakeReadOnly();
        return options;
    }

    private static JsonSerializerOptions Writing()
    {
        // Faults keep what is not finite from a file; two documents are compared without them.
        JsonSerializerOptions rows = new(Compact()) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
        JsonSerializerOptions options = new(rows) { WriteIndented = true };
        options.Converters.Add(new RowConverter<PlanItem>(rows));
        options.Converters.Add(new RowConverter<OperatorCost>(rows));
        options.Converters.Add(new RowConverter<StepRecord>(rows));
        options.Converters.Add(new RowConverter<ValidationRecord>(rows));
        options.Converters.Add(new RowConverter<OperatorTime>(rows));
        options.Converters.Add(new RowConverter<ClassScore>(rows));
        options.Converters.Add(new RowConverter<ReliabilityBin>(rows));
        options.Converters.Add(new RowConverter<GateResult>(rows));
        options.Converters.Add(new RowConverter<IReadOnlyList<long>>(rows));
        options.MakeReadOnly();
        return options;
    }

    /// <summary>A document holds all its properties; only those that may be null may be left out.</summary>
    private static void RequireAll(JsonTypeInfo info)
    {
        if (!info.Type.IsAssignableTo(typeof(Document))) return;
        foreach (JsonPropertyInfo property in info.Properties)
        {
            if (property.Set is not null && !property.IsSetNullable) property.IsRequired = true;
        }
    }
}
