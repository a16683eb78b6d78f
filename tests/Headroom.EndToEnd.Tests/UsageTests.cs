namespace Headroom.EndToEnd.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("inspect")]
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
    public void Wrong_usage_ends_with_2_and_says_what(string what, params string[] arguments)
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model);
        Said said = Cli.Run(s.Root, arguments);
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains(what, said.Error, StringComparison.Ordinal);
        Assert.Empty(s.Written);
    }
}
