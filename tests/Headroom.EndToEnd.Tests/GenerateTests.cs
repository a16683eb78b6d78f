namespace Headroom.EndToEnd.Tests;

public sealed class GenerateTests
{
    private const string Rest = "data: { train: { reader: text, path: text.txt, unit: document }, split: { train: 0.6, validation: 0.2, test: 0.2 }, text: { tokenizer: characters, length: 16 } }\n"
        + "train: { epochs: 1, batch: 8, threads: 2 }\nevaluate: { gates: [loss_per_token <= 6] }\n";

    [Theory]
    [InlineData("decoder")]
    [InlineData("llama")]
    public void A_trained_language_model_writes_on_from_a_prompt(string preset)
    {
        using var s = new Scratch(Rest + $"model: {{ preset: {preset}, width: 16, layers: 1, heads: 2 }}\n");
        File.WriteAllText(Path.Combine(s.Project, "text.txt"), string.Concat(Enumerable.Range(0, 200).Select(i => $"line {i * 37 % 200} of the text\n")));
        Said trained = Cli.Run(s.Root, "run", "project");
        Assert.True(trained.Code == 0, trained.ToString());
        string run = s.Run!.Path;

        // Past the context of 16: it goes on from the later half.
        Said one = Cli.Run(s.Root, "generate", run, "line ", "--tokens", "40", "--seed", "3", "--top-p", "0.9");
        Assert.True(one.Code == 0, one.ToString());
        Assert.StartsWith("line ", one.Out, StringComparison.Ordinal);
        Assert.Contains("context holds 16 tokens", one.Error, StringComparison.Ordinal);
        Assert.Equal(one.Out, Cli.Run(s.Root, "generate", run, "line ", "--tokens", "40", "--seed", "3", "--top-p", "0.9").Out);
        Assert.NotEqual(one.Out, Cli.Run(s.Root, "generate", run, "line ", "--tokens", "40", "--seed", "4", "--top-p", "0.9").Out);
        // Five of the prompt, nine written, and the line's end.
        Assert.Equal(5 + 9 + Environment.NewLine.Length, Cli.Run(s.Root, "generate", run, "line ", "--tokens", "9", "--temperature", "0").Out.Length);

        Refused(s, "its 27 tokens don't fit: the cache has room for 16", run, "line 1 of the text line 2 o");
        Refused(s, "the model has never seen 'Q'", run, "line Q");
        Refused(s, "it is empty", run, "");
        File.Delete(s.Run.Model);
        Refused(s, "it holds no model.onnx", run, "line ");
    }

    [Fact]
    public void A_classifier_writes_no_text()
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model + Scratch.Train);
        Assert.Equal(0, Cli.Run(s.Root, "run", "project").Code);
        Refused(s, "of the preset 'mlp', which writes no text", s.Run!.Path, "line ");
    }

    private static void Refused(Scratch s, string why, string run, string prompt)
    {
        Said said = Cli.Run(s.Root, "generate", run, prompt);
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains(why, said.Error, StringComparison.Ordinal);
    }
}
