namespace Headroom.Evidence;

/// <summary>Something the user can mend: a broken file, an unknown option, a full disk. The command line prints its message and exits with 2.</summary>
/// <remarks>The message says what was wrong, where (file, line, row, graph node) and what to do; no stack trace is shown.</remarks>
public class InputException : Exception
{
    public InputException(string message) : base(message) { }

    public InputException(string message, Exception inner) : base(message, inner) { }

    /// <summary>A fault at a place, with its remedy: <c>adult.csv, line 17: ...</c> and, on the next line, what to do.</summary>
    public InputException(string where, string what, string remedy) : base($"{where}: {what}\n{remedy}") { }
}
