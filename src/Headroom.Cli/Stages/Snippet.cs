using System.Reflection;
using Headroom.Data.Features;
using Headroom.Data.Tokenizers;
using Headroom.Inference;
using Microsoft.ML.Tokenizers;

namespace Headroom.Cli.Stages;

/// <summary>C# that runs a run's model with ONNX Runtime alone, for the report.</summary>
internal static class Snippet
{
    public static string? For(RunContext run)
    {
        if (!File.Exists(run.Preprocessing)) return null;
        Preprocessing p = Headroom.Data.Features.Preprocessing.Load(run.Preprocessing);
        if (p.LanguageModel is not null) return Tokens(p.LanguageModel.Tokenizer, "GetProperty(\"languageModel\")", p.LanguageModel.Length, "The row of a position holds the logits of the token after it.");
        if (p.Series is SeriesEncoding series) return Head() + Windows(series);
        return p.Features[0] switch
        {
            TextEncoding text => Tokens(text.Tokenizer, "GetProperty(\"features\")[0]", text.Length, null) + Best(p),
            ImageEncoding image => Head() + $"""
                // Pixels as they are in the file, 0 to 255, channel by channel, row by row.
                float[] pixels = new float[{image.Shape[0]} * {image.Shape[1]} * {image.Shape[2]}];
                using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, {image.Shape[0]}, {image.Shape[1]}, {image.Shape[2]}]);
                using var outputs = session.Run(new RunOptions(), ["image"], [input], ["logits"]);

                """ + Best(p),
            TabularEncoding table => Head() + Table(table) + Best(p),
            _ => null,
        };
    }

    /// <summary>A file that is a program: the directives name its packages, so there is no project to make.</summary>
    private static string Head(string packages = "", string usings = "") => $"""
        // Save as use.cs beside model.onnx, then: dotnet run use.cs
        #:package Microsoft.ML.OnnxRuntime@{OnnxSession.RuntimeVersion}
        {packages}#:property PublishAot=false
        using System.Text.Json;
        {usings}using Microsoft.ML.OnnxRuntime;

        using var session = new InferenceSession("model.onnx");

        """;

    private static string Best(Preprocessing p) => p.Label is null ? "" : """
        string[] classes = JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["classes"])!;
        float[] logits = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        Console.WriteLine(classes[Array.IndexOf(logits, logits.Max())]);
        """;

    private static string Tokens(TextTokenizer tokenizer, string path, int length, string? note)
    {
        string encode = tokenizer is BytePairTokenizer bpe
            ? $$"""
                JsonElement words = JsonDocument.Parse(File.ReadAllText("preprocessing.json")).RootElement.{{path}}.GetProperty("tokenizer");
                string[] List(string name) => [.. words.GetProperty(name).EnumerateArray().Select(t => t.GetString()!)];
                var tokenizer = BpeTokenizer.Create(new BpeOptions(List("tokens").Select((token, id) => KeyValuePair.Create(token, id)))
                {
                    Merges = List("merges"),
                    ByteLevel = true,
                    PreTokenizer = new RegexPreTokenizer(new Regex(words.GetProperty("pattern").GetString()!), null),
                });
                string text = "Reads characters from a stream."{{(bpe.Lowercase ? ".ToLowerInvariant()" : "")}};
                long[] tokens = new long[{{length}}];
                foreach ((int i, int id) in tokenizer.EncodeToIds(text).Take(tokens.Length).Index()) tokens[i] = id;

                """
            : $$"""
                // A character's token is its place in this list, counted from 1.
                string characters = JsonDocument.Parse(File.ReadAllText("preprocessing.json")).RootElement.{{path}}.GetProperty("tokenizer").GetProperty("characters").GetString()!;
                string text = "To be, or not to be";
                long[] tokens = new long[{{length}}];
                for (int i = 0; i < text.Length && i < tokens.Length; i++) tokens[i] = characters.IndexOf(text[i]) + 1;

                """;
        string head = tokenizer is BytePairTokenizer
            ? Head($"#:package Microsoft.ML.Tokenizers@{PackageVersion(typeof(BpeTokenizer))}\n", "using System.Text.RegularExpressions;\nusing Microsoft.ML.Tokenizers;\n")
            : Head();
        return head + encode + $"""
            using var input = OrtValue.CreateTensorValueFromMemory(tokens, [1, {length}]);
            using var outputs = session.Run(new RunOptions(), ["tokens"], [input], ["logits"]);
            {(note is null ? "" : "// " + note)}

            """;
    }

    /// <summary>The version that a package's assembly says it is of, without the commit.</summary>
    private static string PackageVersion(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string Windows(SeriesEncoding series)
    {
        bool several = series.Scales.Count > 1;
        return $"""
            // The last {series.Length} steps as they are in the file, step by step: {string.Join(", ", series.Columns)}.
            float[] values = new float[{series.Length} * {series.Columns.Count}];
            using var input = OrtValue.CreateTensorValueFromMemory(values, [1, {series.Length}, {series.Columns.Count}]);
            {(several ? "// The series' number: its place in preprocessing.json, from 0.\nusing var which = OrtValue.CreateTensorValueFromMemory(new long[] { 0 }, [1]);\n" : "")}using var outputs = session.Run(new RunOptions(), [{(several ? "\"values\", \"series\"" : "\"values\"")}], [{(several ? "input, which" : "input")}], ["forecast"]);
            Console.WriteLine(string.Join(" ", outputs[0].GetTensorDataAsSpan<float>().ToArray())); // the next {series.Horizon} steps of '{series.Columns[0]}'

            """;
    }

    private static string Table(TabularEncoding table) => $"""
        float[] numbers = new float[{table.Numbers.Count}]; // {string.Join(", ", table.Numbers.Select(n => n.Column))}
        long[] categories = new long[{table.Categories.Count}]; // codes as in preprocessing.json, 0 for unknown: {string.Join(", ", table.Categories.Select(c => c.Column))}
        using var a = OrtValue.CreateTensorValueFromMemory(numbers, [1, {table.Numbers.Count}]);
        using var b = OrtValue.CreateTensorValueFromMemory(categories, [1, {table.Categories.Count}]);
        using var outputs = session.Run(new RunOptions(), ["numbers", "categories"], [a, b], ["logits"]);

        """;
}
