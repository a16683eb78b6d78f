using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Headroom.Cli.Configuration;

/// <summary>Binds a YAML file to settings records: keys are the properties in snake_case, unknown keys are refused with the nearest right one, and every fault names its line.</summary>
/// <param name="file">Named in faults.</param>
/// <param name="check">Whether settings are asked what is wrong with them, beyond their types.</param>
internal sealed class YamlBinder(string file, bool check = true)
{
    private const int MaxBytes = 1 << 20, MaxDepth = 32, MaxNodes = 100_000;
    private readonly LimitedSettings _limited = new();
    private int _depth, _nodes;
    private Mark _read = Mark.Empty;

    /// <summary>Where the settings stand that were read.</summary>
    public SettingsLines Lines { get; } = new(file);

    /// <exception cref="InputException">The file is missing, no YAML, or has a key or value that fits nothing.</exception>
    public T Read<T>() where T : notnull
    {
        string text;
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MaxBytes }) throw new InputException(file, $"it has over {MaxBytes} bytes", "A settings file is small; is this the right one?");
            text = File.ReadAllText(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(file, "the file can't be read: " + e.Message, "Give the path of a headroom.yaml, or of the folder that holds one.");
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException(file, "it holds bytes that are no UTF-8: " + e.Message, "Save the file as UTF-8.");
        }
        return Parse<T>(text);
    }

    public T Parse<T>(string text) where T : notnull
    {
        var stream = new YamlStream();
        try
        {
            CheckDepth(text);
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new InputException(At(e.Start), "this is no YAML: " + e.InnerException?.Message + e.Message, "Check indentation, colons and quotes there.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The scanner gives up on some broken files without saying where: after what was read last.
            throw new InputException(At(_read), "this is no YAML; a bracket, a quote or a colon there or below is wrong", "Check brackets, indentation, colons and quotes.");
        }
        if (stream.Documents.Count != 1) throw new InputException(file, $"it holds {stream.Documents.Count} YAML documents", "Keep exactly one.");
        T settings = (T)Bind(stream.Documents[0].RootNode, typeof(T), "")!;
        if (check) _limited.Check(settings, Lines);
        return settings;
    }

    /// <summary><c>LearningRate</c> as <c>learning_rate</c>.</summary>
    public static string Key(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    /// <summary>The loader goes down as deep as the text does, and a stack that overflows takes the process with it.</summary>
    private void CheckDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            _read = parser.Current.End;
            if (depth > MaxDepth) throw new InputException(At(parser.Current.Start), $"brackets or lists stand more than {MaxDepth} deep in one another", "No setting is that deep; close them.");
        }
    }

    /// <summary>Counts nodes as they are walked: an alias may hold itself, or grow without bounds.</summary>
    private T Walk<T>(YamlNode node, string path, Func<T> work)
    {
        if (++_nodes > MaxNodes || _depth >= MaxDepth) throw Fault(node, path, "an alias (*) repeats too much, or holds itself");
        _depth++;
        T result = work();
        _depth--;
        return result;
    }

    private object? Bind(YamlNode node, Type type, string path) => Walk(node, path, () => BindNode(node, type, path));

    private object? BindNode(YamlNode node, Type type, string path)
    {
        Type target = Nullable.GetUnderlyingType(type) ?? type;
        if (node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" }) return null;
        if (target == typeof(JsonObject)) return Json(node, path) as JsonObject ?? throw Fault(node, path, "a mapping is needed here");
        if (target == typeof(JsonNode)) return Json(node, path);
        if (target == typeof(string) || target.IsPrimitive || target.IsEnum || target == typeof(Uri) || target == typeof(Bytes)) return Scalar(node, target, path);
        if (target.IsGenericType && target.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return List(node, target.GetGenericArguments()[0], path);
        return Record(node, target, path);
    }

    private object Record(YamlNode node, Type type, string path)
    {
        if (node is not YamlMappingNode map) throw Fault(node, path, "a mapping is needed here");
        object result = Activator.CreateInstance(type)!;
        Dictionary<string, PropertyInfo> known = type.GetProperties().Where(p => p.SetMethod is not null).ToDictionary(p => Key(p.Name));
        PropertyInfo? rest = known.Values.FirstOrDefault(p => p.GetCustomAttribute<OtherKeysAttribute>() is not null);
        var others = new JsonObject();
        foreach ((YamlNode keyNode, YamlNode value) in map.Children)
        {
            string key = (keyNode as YamlScalarNode)?.Value ?? throw Fault(keyNode, path, "keys are plain words");
            string at = path.Length == 0 ? key : $"{path}.{key}";
            Lines.Add(at, keyNode.Start.Line);
            if (known.TryGetValue(key, out PropertyInfo? property) && property != rest)
            {
                if (Bind(value, property.PropertyType, at) is not object bound) continue;
                property.SetValue(result, bound);
                _limited.Said(at, property);
            }
            else if (rest is not null)
            {
                others[key] = Json(value, at);
            }
            else
            {
                string? nearest = NearestName.Find(key, known.Keys);
                string all = string.Join(", ", known.Keys.Order(StringComparer.Ordinal));
                throw new InputException(At(keyNode.Start), $"'{at}' is no setting", nearest is null ? $"Settings here: {all}." : $"Did you mean '{nearest}'? Settings here: {all}.");
            }
        }
        if (rest is not null) rest.SetValue(result, others);
        if (check && result is ICheckedSettings settings) Check(settings, node, path);
        return result;
    }

    private IList List(YamlNode node, Type element, string path)
    {
        if (node is not YamlSequenceNode sequence) throw Fault(node, path, "a list is needed here, such as [a, b]");
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        foreach (YamlNode item in sequence.Children) list.Add(Bind(item, element, $"{path}[{list.Count}]") ?? throw Fault(item, $"{path}[{list.Count}]", "a value is needed here"));
        return list;
    }

    private object Scalar(YamlNode node, Type type, string path)
    {
        if (node is not YamlScalarNode { Value: string text }) throw Fault(node, path, "a single value is needed here");
        try
        {
            if (type == typeof(string)) return text;
            if (type == typeof(Uri)) return new Uri(text, UriKind.Absolute);
            if (type == typeof(Bytes)) return Bytes.TryParse(text, out Bytes bytes) ? bytes : throw Fault(node, path, $"'{text}' is no size; give one such as 600MiB or 2 GiB");
            if (type == typeof(bool)) return bool.Parse(text);
            if (type.IsEnum)
            {
                string? name = Enum.GetNames(type).FirstOrDefault(n => string.Equals(Key(n), text, StringComparison.OrdinalIgnoreCase));
                if (name is null) throw Fault(node, path, $"'{text}' is none of {string.Join(", ", Enum.GetNames(type).Select(Key))}");
                _limited.Said(path, type, name);
                return Enum.Parse(type, name);
            }
            object number = Convert.ChangeType(type == typeof(double) || type == typeof(float) ? double.Parse(text, CultureInfo.InvariantCulture) : Whole(text), type, CultureInfo.InvariantCulture);
            return number is double d && !double.IsFinite(d) ? throw Fault(node, path, $"'{text}' is no finite number") : number;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            string wanted = type == typeof(bool) ? "true or false" : type == typeof(Uri) ? "an address" : type == typeof(double) || type == typeof(float) ? "a number" : "a whole number";
            throw Fault(node, path, $"'{text}' is not {wanted}");
        }
    }

    /// <summary>Written as 3, 3.0 or 3e2; what has a fraction is not rounded behind one's back.</summary>
    private static decimal Whole(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var n && decimal.IsInteger(n) ? n : throw new FormatException();

    /// <summary>Plain scalars become numbers and booleans where they look like them, quoted ones stay text.</summary>
    private JsonNode? Json(YamlNode node, string path) => Walk(node, path, () => JsonOf(node, path));

    private JsonNode? JsonOf(YamlNode node, string path) => node switch
    {
        YamlMappingNode m => new JsonObject(m.Children.Select(c => KeyValuePair.Create(c.Key is YamlScalarNode { Value: string key } ? key : throw Fault(c.Key, path, "keys are plain words"), Json(c.Value, path)))),
        YamlSequenceNode s => new JsonArray([.. s.Children.Select(i => Json(i, path))]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: string v } => v switch
        {
            "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            _ when long.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long i) => i,
            _ when double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out double d) && double.IsFinite(d) => d,
            _ => v,
        },
        YamlScalarNode s => s.Value,
        _ => null,
    };

    private InputException Fault(YamlNode node, string path, string what) => new(At(node.Start), $"{(path.Length == 0 ? "the file" : $"'{path}'")}: {what}", "Mend the line; docs/headroom-yaml.md lists the settings.");

    private void Check(ICheckedSettings settings, YamlNode node, string path)
    {
        try
        {
            settings.Check();
        }
        catch (InputException e)
        {
            // The message begins with the setting: its own line says more than that of the block it stands in.
            string setting = e.Message[..Math.Max(0, e.Message.IndexOf(':'))], inner = $"{path}.{setting[(setting.LastIndexOf('.') + 1)..]}";
            throw new InputException($"{(Lines.Has(inner) ? Lines.At(inner) : At(node.Start))}, {e.Message}", e);
        }
    }

    private string At(Mark mark) => Lines.At(mark.Line);
}
