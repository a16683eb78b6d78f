namespace Headroom.Cli;

/// <summary>What the process says of how it ended.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A gate failed, or had nothing to measure.</summary>
    public const int GateFailed = 1;

    public const int BadInput = 2;

    public const int OurFault = 3;

    /// <summary>Ctrl-C, as shells count it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
