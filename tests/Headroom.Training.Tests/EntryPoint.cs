namespace Headroom.Training.Tests;

internal static class EntryPoint
{
    public static int Main(string[] args)
    {
        // One thread an operator: tests run side by side, and threads that wait for each other would only spin.
        Runtime.LibTorch.Library.Load(threads: 1);
        if (args is [ChildRun.Command, ..]) return ChildRun.Run(args[1..]);
        return args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult()
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }
}
