namespace Headroom.Cli.Report;

/// <summary>What a language model writes.</summary>
internal static class SampleSection
{
    public static Section? Of(RunEvidence run) => run.Sample is null ? null
        : run.SampleBefore is null ? new Section("sample", "What it writes", Html.Of($"<pre class=\"prose\">{run.Sample}</pre>\n"))
        : new Section("sample", "What it wrote before, and writes now", Html.Of($"<p>Before it was trained here:</p>\n<pre class=\"prose\">{run.SampleBefore}</pre>\n<p>Now:</p>\n<pre class=\"prose\">{run.Sample}</pre>\n"));
}

/// <summary>How to use the model from C#.</summary>
internal static class UsageSection
{
    public static Section? Of(RunEvidence run) => string.IsNullOrWhiteSpace(run.Snippet) ? null : new Section("use", "Use it from C#", Html.Of($"""
        <pre class="code"><code>{run.Snippet.Trim('\r', '\n').TrimEnd()}</code></pre>
        <p class="note screen">A click into the code selects all of it.</p>

        """));
}
