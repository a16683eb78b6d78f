using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Planning.Export;
using Headroom.Planning.Search;

namespace Headroom.Cli.Planning;

/// <summary>Ways to serve a model, on the terminal and as JSON.</summary>
/// <param name="planned">What was asked.</param>
/// <param name="result">What was found.</param>
internal sealed class ServingView(PlannedServing planned, ServingResult result)
{
    private const int Shown = 10, RefusedShown = 6;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public void Print()
    {
        ServingRequest r = planned.Request;
        Lines.Stage($"{planned.Model.Name}: {CountText.Show(r.Shape.Parameters)} parameters, {CountText.Show(r.Shape.ActiveParameters)} a token; prompts of {r.Load.Input:N0}, answers of {r.Load.Output:N0} tokens, {r.Stack}");
        foreach (string assumption in planned.Assumptions) Lines.Note("assumed  " + assumption);
        if (result.Plans.Count == 0)
        {
            Lines.Stage("Nothing serves it so");
            foreach (string reason in result.Refused) Lines.Note(reason);
            Lines.Note("fewer bits (--weights 4), a smaller cache (--cache 8), more or larger accelerators (--gpus, --on) or more time (--latency) would");
            return;
        }
        Rows([.. result.Plans.Take(Shown)]);
        if (result.Plans.Count > Shown) Lines.Note($"and {result.Plans.Count - Shown} more; --json has them all");
        ServingPlan best = result.Plans[0];
        Lines.Stage("Why the first");
        Lines.Note(best.Interval is { } i ? $"nine of ten published rates lie between {i.Low / best.Estimate.TokensPerSecond:F2} and {i.High / best.Estimate.TokensPerSecond:F2} times what was predicted for them{(i.Extrapolates ? $"; none was on {best.Accelerator.Family}: it extrapolates" : "")}" : "no published rate says how far it may be off");
        var m = best.Estimate.Memory;
        Lines.Note($"memory of one: {m.Weights / 1e9:F1} GB weights, {m.Cache / 1e9:F1} GB cache of {best.Batch:N0} sequences, {m.Activations / 1e9:F1} GB activations, {m.Runtime / 1e9:F1} GB runtime, of {m.Capacity / 1e9:F1}");
        Lines.Note($"of the peak FLOP/s {best.Estimate.ComputeShare:P0} are used, of the bandwidth {best.Estimate.BandwidthShare:P0}: {(best.Estimate.ComputeShare > best.Estimate.BandwidthShare ? "more bandwidth would change little, fewer bits of arithmetic much" : "fewer bits of weights and cache would help, faster arithmetic little")}");
        foreach (string reason in result.Refused.Take(RefusedShown)) Lines.Note("left out  " + reason);
        if (result.Refused.Count > RefusedShown) Lines.Note($"left out  {result.Refused.Count - RefusedShown} more");
        Lines.Stage("Next");
        Lines.Note("the same with --export settings/ writes the command for vLLM; --latency and --first-token bound what a user waits for");
    }

    public string Json() => new JsonObject
    {
        ["model"] = planned.Model.Name,
        ["input_tokens"] = planned.Request.Load.Input,
        ["output_tokens"] = planned.Request.Load.Output,
        ["stack"] = planned.Request.Stack,
        ["assumptions"] = new JsonArray([.. planned.Assumptions.Select(a => (JsonNode)a)]),
        ["plans"] = new JsonArray([.. result.Plans.Select(p => (JsonNode)new JsonObject
        {
            ["accelerator"] = p.Accelerator.Name, ["count"] = p.Count, ["weight_bits"] = p.Layout.WeightBits, ["cache_bits"] = p.Layout.KvBits, ["batch"] = p.Batch, ["first_token_seconds"] = p.FirstToken, ["token_seconds"] = p.Estimate.TimePerToken,
            ["tokens_per_second"] = p.Estimate.TokensPerSecond, ["tokens_per_second_low"] = p.Interval?.Low, ["tokens_per_second_high"] = p.Interval?.High, ["extrapolates"] = p.Interval?.Extrapolates, ["usd_per_million_tokens"] = p.DollarsPerMillion,
            ["joules_per_token"] = p.JoulesPerToken, ["memory_bytes"] = p.Estimate.Memory.Total,
        })]),
        ["refused"] = new JsonArray([.. result.Refused.Select(r => (JsonNode)r)]),
    }.ToJsonString(Indented);

    /// <exception cref="InputException">The folder can't be written.</exception>
    public void Export(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Join(folder, VllmExport.FileName);
            AtomicFile.WriteText(path, VllmExport.Write(result.Plans[0], planned.Model.Name));
            Lines.Note($"{"vllm",-12}{path}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(folder, $"it can't be written: {e.Message}", "Name another folder.");
        }
    }

    private void Rows(ServingPlan[] plans)
    {
        string[][] cells = [(string[])["", "bits", "at once", "memory", "first token", "a token", "tokens/s", $"{planned.Currency} a million", "J a token"], .. plans.Select(p => (string[])
        [
            $"{p.Count} x {p.Accelerator.Name}", p.Layout.WeightBits.ToString(CultureInfo.InvariantCulture), p.Batch.ToString("N0", CultureInfo.InvariantCulture), $"{p.Estimate.Memory.Total / 1e9:F0} of {p.Accelerator.Memory?.Value / 1e9:F0} GB",
            $"{p.FirstToken * 1e3:F0} ms", $"{p.Estimate.TimePerToken * 1e3:F1} ms", p.Estimate.TokensPerSecond.ToString("N0", CultureInfo.InvariantCulture), Sum(p.DollarsPerMillion), p.JoulesPerToken?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
        ])];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => row[c].Length))];
        foreach (string[] row in cells) Lines.Note((row[0].PadRight(widths[0]) + string.Concat(row.Skip(1).Select((cell, c) => "  " + cell.PadLeft(widths[c + 1])))).TrimEnd());
    }

    private string Sum(double? dollars) => dollars is double d ? (d * planned.Prices.Rates.Of(planned.Currency)!.Value).ToString("0.000", CultureInfo.InvariantCulture) : "-";
}
