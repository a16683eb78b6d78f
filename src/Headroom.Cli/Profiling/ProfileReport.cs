using Headroom.Cli.Terminal;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Profiling;

/// <summary>What <c>--profile</c> leaves: a trace, and the diagnosis on the terminal.</summary>
internal static class ProfileReport
{
    /// <summary>To be called last: measuring the machine takes memory of its own.</summary>
    /// <param name="timeline">The steps that were watched.</param>
    /// <param name="trace">Where the trace goes.</param>
    /// <param name="json">Whether the diagnosis is for a program.</param>
    public static void Write(Timeline timeline, string trace, bool json = false)
    {
        ChromeTrace.Write(trace, timeline);
        if (Diagnosis.Of(timeline, RateProbe.Measure()) is not Diagnosis diagnosis)
        {
            Lines.Note("no step was watched: the run ended before its third one");
            return;
        }
        if (json)
        {
            Console.Out.WriteLine(DiagnosisView.Json(diagnosis).ToJsonString());
            return;
        }
        DiagnosisView.Print(diagnosis);
        Lines.Note($"the nodes one by one: {Path.GetRelativePath(Environment.CurrentDirectory, trace)}, for ui.perfetto.dev");
    }
}
