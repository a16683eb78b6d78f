namespace Headroom.Conformance.Tests;

internal static class EntryPoint
{
    public const string Command = "conformance";

    public static int Main(string[] args)
    {
        if (args is [Command, ..]) return Report.Run(args[1..], Console.Out);
        return args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult()
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }
}
