using System.Diagnostics;
using System.Text.Json;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Runtime.Execution;

namespace Headroom.Cli.Profiling;

/// <summary>Writes a timeline as a Chrome trace, which perfetto opens: one process, a lane for each part of the run, the nodes inside their step.</summary>
/// <remarks>"Trace Event Format", the JSON object form: complete events (<c>ph</c> X), <c>ts</c> and <c>dur</c> in microseconds from the first event on, and metadata (<c>ph</c> M) with the lanes' names.</remarks>
internal static class ChromeTrace
{
    private const int Process = 1;

    public static void Write(string path, Timeline timeline) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        Metadata(json, "process_name", 0, "headroom");
        foreach (Lane lane in Enum.GetValues<Lane>()) Metadata(json, "thread_name", Thread(lane), Words(lane));
        long zero = timeline.Parts.Select(p => p.Start).Concat(timeline.Nodes.Select(n => n.Start)).DefaultIfEmpty(0).Min();
        // An event stands before those that it holds.
        IEnumerable<(long Start, long End, Action Write)> events = timeline.Parts.Select(p => (p.Start, p.End, (Action)(() => Part(json, p, zero))))
            .Concat(timeline.Nodes.Select(n => (n.Start, n.End, (Action)(() => Node(json, n, zero)))));
        foreach ((_, _, Action write) in events.OrderBy(e => e.Start).ThenByDescending(e => e.End)) write();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>A node's kind by what its operator says of itself, for the viewer's colours and filters.</summary>
    public static string Family(TypedGraph graph, Node node, Cost cost)
    {
        if (Enumerable.Range(0, node.Outputs.Length).Any(o => node.Operator.Updates(o) >= 0)) return "update";
        if (node.Operator.Precision == Precision.Half) return "matrix";
        if (node.Operator.IsElementwise) return "elementwise";
        if (cost.Flops == 0) return "movement";
        // Gradients of convolutions and attention: more than elementwise work on each element that is read.
        return cost.Flops > 16.0 * node.Inputs.Where(v => v.Exists).Sum(v => graph.Type(v).Elements) ? "matrix" : "reduction";
    }

    private static int Thread(Lane lane) => (int)lane + 1;

    private static string Words(Lane lane) => lane switch
    {
        Lane.InputWait => "input wait",
        Lane.CopyIn => "copy in",
        Lane.Step => "step",
        Lane.Validation => "validation",
        _ => "checkpoint",
    };

    private static void Metadata(Utf8JsonWriter json, string what, int thread, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", what);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Part(Utf8JsonWriter json, TimedPart part, long zero)
    {
        Begin(json, part.Name, Words(part.Lane), Thread(part.Lane), part.Start - zero, part.End - part.Start);
        json.WriteEndObject();
    }

    private static void Node(Utf8JsonWriter json, TimedNode timed, long zero)
    {
        (TypedGraph graph, Node node) = (timed.Graph, timed.Node);
        Cost cost = node.Operator.Cost(graph.Signature(node));
        Begin(json, node.Operator.Name, Family(graph, node, cost), Thread(Lane.Step), timed.Start - zero, timed.End - timed.Start);
        json.WriteStartObject("args");
        json.WriteString("node", node.Name);
        json.WriteString("graph", graph.Name);
        json.WriteString("shapes", NodeLoad.Shapes(graph, node));
        json.WriteNumber("flops", cost.Flops);
        json.WriteNumber("bytes_read", cost.Read);
        json.WriteNumber("bytes_written", cost.Written);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string name, string category, int thread, long start, long ticks)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("cat", category);
        json.WriteString("ph", "X");
        json.WriteNumber("ts", Microseconds(start));
        json.WriteNumber("dur", Microseconds(ticks));
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", thread);
    }

    private static double Microseconds(long ticks) => Math.Round(ticks * 1e6 / Stopwatch.Frequency, 3);
}
