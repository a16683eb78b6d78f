using System.Globalization;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Runs;
using Headroom.Inference;

namespace Headroom.EndToEnd.Tests;

/// <summary>Models that learnt from packed rows are exported, measured and used as all others.</summary>
public sealed class PackingTests
{
    private const string Split = "split: { train: 0.6, validation: 0.2, test: 0.2, seed: 1 }";

    /// <summary>Sentences of 2 to 12 words: counting up is calm, counting down isn't.</summary>
    private static string Sentences()
    {
        string[] words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        IEnumerable<string> rows = Enumerable.Range(0, 260).Select(i =>
        {
            int from = i * 7 % words.Length, count = 2 + (i * 5 % 11);
            bool up = i / 130 == 0;
            string text = string.Join(' ', Enumerable.Range(0, count).Select(w => words[(from + (up ? w : words.Length * 2 - w)) % words.Length]));
            return string.Create(CultureInfo.InvariantCulture, $"{text} {i % 13},{(up ? "calm" : "tense")}");
        });
        return string.Join('\n', rows.Prepend("said,mood")) + "\n";
    }

    [Theory]
    [InlineData("decoder", "", "length: 32, packing: true", "perplexity")]
    [InlineData("llama", "", "length: 32, packing: true, texts_per_row: 2", "perplexity")]
    [InlineData("encoder", ", label: mood", "length: 16, packing: true, row_length: 40, texts_per_row: 4", "accuracy")]
    public void A_model_of_packed_rows_takes_one_text_a_row(string preset, string label, string text, string measure)
    {
        using var s = new Scratch($"data:\n  train: {{ reader: csv, path: rows.csv{label}, kinds: {{ said: text }} }}\n  {Split}\n  text: {{ vocabulary: 300, {text} }}\nmodel: {{ preset: {preset}, width: 16, layers: 1, heads: 2 }}\ntrain: {{ epochs: 2, batch: 8, threads: 2 }}\n");
        File.WriteAllText(s.Rows, Sentences());
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 0, said.ToString());
        Assert.Contains("of padding", said.Out, StringComparison.Ordinal);
        RunFolder run = s.Run!;
        EvaluationDocument evaluation = run.Read<EvaluationDocument>();
        Assert.True(double.IsFinite(Assert.Single(evaluation.Measurements, m => m.Name == measure).Value));
        Assert.InRange(Assert.Single(evaluation.Measurements, m => m.Name == "parity_max_abs_logit_difference").Value, 0, 1e-4);
        using OnnxSession session = OnnxSession.Load(run.Model);
        Assert.Equal("tokens", Assert.Single(session.Inputs).Name);
    }
}
