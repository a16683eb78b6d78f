using System.Text.Json;

namespace Headroom.Conformance.Tests;

/// <summary>The Open Inference Protocol. Serving isn't built yet: its cases are counted, and skipped.</summary>
internal sealed class ServingAreas : AreaSource
{
    private static readonly (string Name, string File, string List)[] Areas = [("serving/http", "v2_http.json", "cases"), ("serving/grpc", "v2_grpc.json", "cases")];

    protected override IEnumerable<IArea> Find(string folder) => Areas.Where(a => File.Exists(Path.Combine(folder, "serving", a.File))).Select(a => new Unbuilt(a.Name, Path.Combine(folder, "serving", a.File), a.List));

    private sealed class Unbuilt(string name, string file, string list) : IArea
    {
        public string Name => name;

        public IEnumerable<Outcome> Run(Func<string, bool> wanted)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            int i = 0;
            foreach (JsonElement c in document.RootElement.GetProperty(list).EnumerateArray())
            {
                string id = c.TryGetProperty("id", out JsonElement given) ? given.ToString() : $"{name} {i}";
                i++;
                if (wanted(id)) yield return new Outcome(id, Fate.Skipped, $"{name} is not built yet");
            }
        }
    }
}
