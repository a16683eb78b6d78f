using Spectre.Console;

namespace Headroom.Cli.Terminal;

/// <summary>Plain lines on the terminal.</summary>
internal static class Lines
{
    /// <summary>What leads an error.</summary>
    public const string ErrorMark = "error: ";

    /// <summary>An error's text, led by a word that can be searched for.</summary>
    public static string Error(string message) => ErrorMark + message;

    /// <summary>The name of a stage that begins.</summary>
    public static void Stage(string name) => AnsiConsole.MarkupLine($"[bold]{Markup.Escape(name)}[/]");

    /// <summary>Something about the stage.</summary>
    public static void Note(string text)
    {
        // Written whole: a long path must not be broken into two lines that nobody can copy.
        Console.Out.WriteLine("  " + text);
    }
}
