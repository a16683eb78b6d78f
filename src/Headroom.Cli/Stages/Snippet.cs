using Headroom.Data.Features;
using Headroom.Data.Tokenizers;

namespace Headroom.Cli.Stages;

/// <summary>C# that runs a run's model with ONNX Runtime alone, for the report.</summary>
internal static class Snippet
{
    public static string? For(RunContext run)
    {
        if (!File.Exists(run.Preprocessing)) return null;
        Preprocessing p = Headroom.Data.Features.Preprocessing.Load(run.Preprocessing);
        if (p.LanguageModel is not null) return Tokens(p.LanguageModel.Tokenizer, p.LanguageModel.Length, "the next token's logits are the row of the last position");
        return p.Features[0] switch
        {
            TextEncoding text => Tokens(text.Tokenizer, text.Length, null) + Best(p),
            ImageEncoding image => Head + $"""
                // Pixels as they are in the file, 0 to 255, channel by channel, row by row.
                float[] pixels = new float[{image.Shape[0]} * {image.Shape[1]} * {image.Shape[2]}];
                using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, {image.Shape[0]}, {image.Shape[1]}, {image.Shape[2]}]);
                using var outputs = session.Run(new RunOptions(), ["image"], [input], ["logits"]);

                """ + Best(p),
            TabularEncoding table => Head + Table(table) + Best(p),
            _ => null,
        };
    }

    private const string Head = """
        // dotnet add package Microsoft.ML.OnnxRuntime
        using System.Text.Json;
        using Microsoft.ML.OnnxRuntime;

        using var session = new InferenceSession("model.onnx");

        """;

    private static string Best(Preprocessing p) => p.Label is null ? "" : """
        string[] classes = JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["classes"])!;
        float[] logits = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        Console.WriteLine(classes[Array.IndexOf(logits, logits.Max())]);
        """;

    private static string Tokens(TextTokenizer tokenizer, int length, string? note)
    {
        string encode = tokenizer is BytePairTokenizer bpe
            ? $$"""
                // dotnet add package Microsoft.ML.Tokenizers
                using JsonDocument preprocessing = JsonDocument.Parse(File.ReadAllText("preprocessing.json"));
                // The vocabulary, the merges and the word pattern stand in preprocessing.json; pad with 0 to {{length}} tokens.
                // The project Headroom.Data reads that file: Preprocessing.Load("preprocessing.json") gives the tokenizer.
                {{(bpe.Lowercase ? "// The text is lower-cased first." : "// The text is taken as it is.")}}
                """
            : "// Each character is a token; preprocessing.json lists them.";
        return Head + encode + $"""

            long[] tokens = new long[{length}];
            using var input = OrtValue.CreateTensorValueFromMemory(tokens, [1, {length}]);
            using var outputs = session.Run(new RunOptions(), ["tokens"], [input], ["logits"]);
            {(note is null ? "" : "// " + note)}

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
