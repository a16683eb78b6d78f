namespace Headroom.Training.Tests;

internal static class EntryPoint
{
    public static int Main(string[] args)
    {
        if (args is [ChildRun.Command, ..]) return ChildRun.Run(args[1..]);
        return args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult()
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }
}
