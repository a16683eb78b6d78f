using System.Text.Json;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>What all of this rests on: the documents with their hashes and links, the settings, the machine.</summary>
internal static class ProvenanceSection
{
    public static Section Of(RunEvidence run)
    {
        Dictionary<string, string> here = run.Documents.SelectMany(d => (KeyValuePair<string, string>[])[new(d.File, d.Hash), new(Path.GetFileNameWithoutExtension(d.File), d.Hash)])
            .ToDictionary(StringComparer.Ordinal);
        if (run.Training?.Document.Model is { } model) here.TryAdd(model.Path, model.Sha256);
        return new Section("provenance", "Provenance", Html.Join(run.Documents, d => Document(d.File, d.Hash, d.Document, here)) + Machine(run.Plan?.Document)
            + Section.Note("A hash is the SHA-256 of the file as it lay in the run's folder when this report was written."));
    }

    private static Html Document(string file, string hash, Document document, Dictionary<string, string> here) => Html.Of($"""
        <h3>{file} <span class="soft">{document.Schema}, made {Show.Time(document.Created)}</span></h3>
        <div class="scroll"><table class="facts"><tbody>
        <tr><th scope="row">SHA-256</th><td><code class="hash">{hash}</code></td></tr>
        {Html.Join(document.Inputs, i => Input(i.Key, i.Value, here))}{Files(document as TrainingDocument)}</tbody></table></div>
        {(document.Settings.Count == 0 ? Html.Empty : Html.Of($"""
            <details><summary>{document.Settings.Count} {(document.Settings.Count == 1 ? "setting" : "settings")}</summary>
            {Facts(document.Settings.Select(s => (s.Key, Value(s.Value))))}</details>
            """))}

        """);

    private static Html Input(string name, string hash, Dictionary<string, string> here)
    {
        Html says = !here.TryGetValue(name, out string? found) ? Html.Empty
            : found == hash ? Html.Of($" <span class=\"good\">✓ the one of this run</span>")
            : Html.Of($" <span class=\"bad\">✗ not the one of this run, which has {found[..8]}…</span>");
        return Html.Of($"<tr><th scope=\"row\">rests on {name}</th><td><code class=\"hash\">{hash}</code>{says}</td></tr>\n");
    }

    private static Html Files(TrainingDocument? training) => Html.Join(((FileReference?[])[training?.Model, training?.Checkpoint]).OfType<FileReference>(),
        f => Html.Of($"<tr><th scope=\"row\">wrote {f.Path}</th><td><code class=\"hash\">{f.Sha256}</code></td></tr>\n"));

    private static Html Machine(PlanDocument? plan) => plan is null || plan.Machine.Count == 0
        ? Html.Empty
        : Html.Of($"<h3>Machine <span class=\"soft\">as plan.json found it</span></h3>\n") + Facts(plan.Machine.Select(m => (m.Key, m.Value)));

    private static Html Facts(IEnumerable<(string Name, string Value)> facts) => Html.Of($"""
        <div class="scroll"><table class="facts"><tbody>
        {Html.Join(facts, f => Html.Of($"<tr><th scope=\"row\">{f.Name}</th><td>{f.Value}</td></tr>\n"))}</tbody></table></div>

        """);

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Null => Show.Nothing,
        JsonValueKind.Object or JsonValueKind.Array => JsonSerializer.Serialize(value, EvidenceJson.Options),
        _ => value.GetRawText(),
    };
}
