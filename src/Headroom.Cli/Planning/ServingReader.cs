using System.CommandLine;
using System.Globalization;
using Headroom.Evidence;
using Headroom.Planning.Economics;
using Headroom.Planning.Search;
using Headroom.Planning.Serving;

namespace Headroom.Cli.Planning;

/// <summary>What was typed of a model to be served.</summary>
/// <param name="Model">The model.</param>
/// <param name="Request">What is searched for.</param>
/// <param name="Prices">Of accelerators, and of currencies.</param>
/// <param name="Currency">That sums are shown in.</param>
/// <param name="Assumptions">What nobody said, a line each.</param>
internal sealed record PlannedServing(ModelSource Model, ServingRequest Request, Prices Prices, string Currency, IReadOnlyList<string> Assumptions);

/// <summary>Reads the options of <c>headroom plan --task infer</c>.</summary>
internal static class ServingReader
{
    private static readonly int[] Widths = [16, 8, 4];

    /// <exception cref="InputException">Something typed can't be: the message says what would be right.</exception>
    public static PlannedServing Read(PlanOptions o, ParseResult typed)
    {
        var assumed = new List<string>();
        ModelSource model = ModelSource.Read(typed.GetValue(o.Model)!);
        if (!model.Shape.Causal) throw new InputException(model.Name, "it is no decoder alone: an encoder writes no tokens, and serving of one with a decoder behind it can't be planned yet", "Plan its training, its ONNX file, or give a decoder such as llama-3.1-8b.");
        double input = Tokens(typed.GetValue(o.Input), "--input", 1000, assumed), output = Tokens(typed.GetValue(o.Output), "--output", 250, assumed);
        double prefix = typed.GetValue(o.Prefix) is string p ? CountText.Read(p, "--prefix", "tokens") : 0;
        if (prefix > input) throw new InputException("--prefix", $"{prefix} shared tokens are more than the prompt's {input}", "Give less, or a larger --input.");
        if (input + output > model.Positions) throw new InputException("--input", $"{input} and {output} tokens are more than the {model.Positions} that the model was made for", "Give less.");
        if (typed.GetValue(o.Tensor) is int t && (t < 1 || LayoutRules.TensorProblem(model.Shape, t) is not null)) throw new InputException("--tensor", t < 1 ? $"{t} accelerators share nothing" : LayoutRules.TensorProblem(model.Shape, t)!, "Or leave it out: all that fit are tried.");
        int[] bits = Bits(typed.GetValue(o.Weights)!);
        int cache = typed.GetValue(o.Cache);
        if (!Widths.Contains(cache)) throw new InputException("--cache", $"caches of {cache} bits aren't known", "Give 16, 8 or 4.");
        PlanFleet fleet = PlanFleet.Read(o, typed, "bf16");
        bool goalSaid = typed.GetResult(o.Goal) is { Implicit: false };
        var request = new ServingRequest
        {
            Shape = model.Shape,
            Load = new ServingLoad(typed.GetValue(o.Batch) is string b ? CountText.Read(b, "--batch", "sequences") : 0, input, output, prefix),
            Devices = [.. fleet.Accelerators.Select(a => new ServingDevice(a, fleet.Most, fleet.Prices.Of(a), PlanFleet.Watts(a)))],
            WeightBits = bits,
            CacheBits = cache,
            Stack = typed.GetValue(o.Stack) ?? ServingCalibration.UsualStack,
            Tensor = typed.GetValue(o.Tensor),
            TokenLatency = Milliseconds(typed.GetValue(o.Latency), "--latency"),
            FirstTokenLatency = Milliseconds(typed.GetValue(o.FirstToken), "--first-token"),
            Memory = fleet.Budget?.Memory?.Value,
            Goal = goalSaid ? PlanFleet.Goal(o, typed) : PlanGoal.Money,
            Power = new PowerUse(PlanFleet.Overhead(o, typed), null, typed.GetValue(o.Grid)),
        };
        if (!goalSaid) assumed.Add("least money a token (--goal)");
        if (typed.GetValue(o.Latency) is null && request.Load.Batch == 0) assumed.Add("as many sequences at once as fit (--latency, --batch)");
        return new(model, request, fleet.Prices, fleet.Budget?.Money?.Currency ?? "USD", assumed);
    }

    private static double Tokens(string? text, string option, int usual, List<string> assumed)
    {
        if (text is not null) return CountText.Read(text, option, "tokens");
        assumed.Add($"{usual} tokens of {(option == "--input" ? "a prompt" : "an answer")} ({option})");
        return usual;
    }

    private static double? Milliseconds(double? given, string option) => given is null ? null : given > 0 ? given / 1000 : throw new InputException(option, $"{given.Value.ToString(CultureInfo.InvariantCulture)} ms is no time", "Give more than zero.");

    private static int[] Bits(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0 || !parts.All(p => int.TryParse(p, CultureInfo.InvariantCulture, out int bits) && Widths.Contains(bits))) throw new InputException("--weights", $"'{text}' says no widths that weights can have", "Write it as 16,8,4, or one of them.");
        return [.. parts.Select(p => int.Parse(p, CultureInfo.InvariantCulture)).Distinct()];
    }
}
