namespace Headroom.EndToEnd.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("inspect")]
    [InlineData("generate")]
    [InlineData("devices")]
    [InlineData("bench", "train")]
    [InlineData("bench", "step")]
    [InlineData("bench", "conditions")]
    [InlineData("probe")]
    [InlineData("schema")]
    public void Help_shows_an_example(params string[] command)
    {
        Said said = Cli.Run(Path.GetTempPath(), [.. command, "--help"]);
        Assert.Equal(0, said.Code);
        Assert.Contains("Example:  headroom " + string.Join(' ', command), said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_command_the_commands_are_listed()
    {
        Said said = Cli.Run(Path.GetTempPath());
        Assert.Equal(0, said.Code);
        Assert.Contains("headroom run samples/apidocs", said.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Did you mean 'train'?", "trian")]
    [InlineData("Did you mean '--resume'?", "run", "project", "--resum", "x")]
    [InlineData("Required argument", "run")]
    [InlineData("Cannot parse argument 'many' for option '--batch': a whole number is needed", "inspect", "model.onnx", "--batch", "many")]
    [InlineData("there is no such run", "evaluate", "project", "nowhere")]
    [InlineData("there is no such workload", "bench", "step", "gtp")]
    [InlineData("there is no such run", "generate", "nowhere", "ROMEO:")]
    [InlineData("0 is no share of probability", "generate", "nowhere", "ROMEO:", "--top-p", "0")]
    [InlineData("nothing can be drawn from 0 tokens", "generate", "nowhere", "ROMEO:", "--top-k", "0")]
    [InlineData("-1 is no temperature", "generate", "nowhere", "ROMEO:", "--temperature", "-1")]
    public void Wrong_usage_ends_with_2_and_says_what(string what, params string[] arguments)
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model);
        Said said = Cli.Run(s.Root, arguments);
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains(what, said.Error, StringComparison.Ordinal);
        Assert.Empty(s.Written);
    }
}
