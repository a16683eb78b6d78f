using System.CommandLine;
using System.Globalization;
using Headroom.Devices.Catalogue;
using Headroom.Evidence;
using Headroom.Planning.Economics;
using Headroom.Planning.Models;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Cli.Planning;

/// <summary>What was typed, as a request; what wasn't typed is assumed, and said.</summary>
/// <param name="Model">The model.</param>
/// <param name="Request">What is searched for.</param>
/// <param name="Prices">Of accelerators, and of currencies.</param>
/// <param name="Currency">That sums are shown in.</param>
/// <param name="Assumptions">What nobody said, a line each.</param>
internal sealed record PlannedRequest(ModelSource Model, SearchRequest Request, Prices Prices, string Currency, IReadOnlyList<string> Assumptions);

/// <summary>Reads the options of <c>headroom plan</c> for training.</summary>
internal static class RequestReader
{
    private const int UsualSequence = 4096;

    // Saving takes what the states take to write; a minute and five are those of common clouds' disks and images.
    private const double CheckpointSeconds = 60, RestartSeconds = 300;

    private static readonly Dictionary<string, OptimizerKind> Optimizers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["adamw"] = OptimizerKind.AdamW, ["adamw8bit"] = OptimizerKind.AdamW8Bit, ["sgd"] = OptimizerKind.Sgd, ["momentum"] = OptimizerKind.Momentum, ["adafactor"] = OptimizerKind.Adafactor, ["muon"] = OptimizerKind.Muon,
    };

    /// <exception cref="InputException">Something typed can't be: the message says what would be right.</exception>
    public static PlannedRequest Read(PlanOptions o, ParseResult typed)
    {
        var assumed = new List<string>();
        bool tunes = PlanFleet.Choice(typed, o.Task, "train", "finetune", "infer") == "finetune";
        ModelSource model = ModelSource.Read(typed.GetValue(o.Model)!);
        TransformerShape shape = model.Shape;
        int sequence = Sequence(o, typed, model, assumed);
        TrainingJob job = Job(o, typed, shape, sequence, tunes, assumed);
        (double tokens, long batch) = Amounts(o, typed, shape, sequence, tunes, assumed);
        foreach (int divisor in new[] { typed.GetValue(o.Tensor), typed.GetValue(o.Stages) }.OfType<int>())
            if (divisor < 1) throw new InputException("plan", $"{divisor} accelerators share nothing", "Give 1 or more.");
        if (typed.GetValue(o.Tensor) is int t && LayoutRules.TensorProblem(shape, t) is string heads) throw new InputException("--tensor", heads, "Or leave it out: all that fit are tried.");
        if (typed.GetValue(o.Stages) is int p && LayoutRules.StageProblem(shape, p) is string layers) throw new InputException("--stages", layers, "Or leave it out: all that fit are tried.");
        PlanFleet fleet = PlanFleet.Read(o, typed, job.Type, trains: true);
        (Prices prices, BudgetText? budget) = (fleet.Prices, fleet.Budget);
        PlanGoal goal = PlanFleet.Goal(o, typed);
        double? spot = typed.GetValue(o.Spot);
        var request = new SearchRequest
        {
            Job = job,
            Tokens = tokens,
            Batch = batch,
            Devices = [.. fleet.Accelerators.Select(a => Device(a, prices, job, fleet.Most))],
            Goal = goal,
            Limits = new PlanLimits(budget?.Money is Money m ? prices.Dollars(m) : null, budget?.Time, budget?.Memory, budget?.Energy),
            Tensor = typed.GetValue(o.Tensor),
            Stages = typed.GetValue(o.Stages),
            AllowOffload = typed.GetValue(o.Offload),
            Power = new PowerUse(PlanFleet.Overhead(o, typed), null, typed.GetValue(o.Grid)),
            Spot = spot is double rate and > 0 ? new SpotMarket(rate, CheckpointSeconds, RestartSeconds) : null,
        };
        if (goal == PlanGoal.Money && request.Devices.All(d => d.DollarsPerHour is null)) throw new InputException("--goal", $"of {string.Join(", ", request.Devices.Select(d => d.Accelerator.Name))} no price is known", "Give one, such as --price h100=2.50.");
        string currency = budget?.Money?.Currency ?? "USD";
        if (currency != "USD") assumed.Add($"a dollar buys {prices.Rates.Of(currency)!.Value.ToString("0.####", CultureInfo.InvariantCulture)} {currency} ({prices.Rates.Date}; --exchange)");
        return new(model, request, prices, currency, assumed);
    }

    private static int Sequence(PlanOptions o, ParseResult typed, ModelSource model, List<string> assumed)
    {
        if (typed.GetValue(o.Sequence) is string text)
        {
            long given = CountText.Read(text, "--sequence", "tokens");
            if (given > model.Positions) throw new InputException("--sequence", $"{given} tokens are more than the {model.Positions} that the model was made for", $"Give {model.Positions} or less.");
            return given <= int.MaxValue ? (int)given : throw new InputException("--sequence", $"{text} tokens are too many", "Give less.");
        }
        int usual = Math.Min(UsualSequence, model.Positions ?? UsualSequence);
        assumed.Add($"sequences of {usual} tokens (--sequence)");
        return usual;
    }

    private static (double Tokens, long Batch) Amounts(PlanOptions o, ParseResult typed, TransformerShape shape, int sequence, bool tunes, List<string> assumed)
    {
        double tokens;
        if (typed.GetValue(o.Data) is string data)
        {
            bool rows = data.TrimEnd().EndsWith("rows", StringComparison.OrdinalIgnoreCase);
            string count = rows ? data.TrimEnd()[..^4] : data.TrimEnd().EndsWith("tokens", StringComparison.OrdinalIgnoreCase) ? data.TrimEnd()[..^6] : data;
            tokens = CountText.Read(count, "--data", rows ? "rows" : "tokens") * (rows ? (double)sequence : 1);
        }
        else
        {
            tokens = tunes ? 10e6 : 20 * shape.Parameters;
            assumed.Add($"{CountText.Show(tokens)} tokens of data (--data)");
        }
        if (typed.GetValue(o.Batch) is string batch) return (tokens, CountText.Read(batch, "--batch", "sequences"));
        // As published runs of that size have it, in powers of two.
        double perStep = tunes ? 64.0 * sequence : shape.Parameters > 30e9 ? 4e6 : shape.Parameters > 3e9 ? 2e6 : 0.5e6;
        long usual = (long)Math.Pow(2, Math.Max(0, Math.Round(Math.Log2(Math.Min(perStep, tokens) / sequence))));
        assumed.Add($"{usual} sequences a step (--batch)");
        return (tokens, usual);
    }

    private static TrainingJob Job(PlanOptions o, ParseResult typed, TransformerShape shape, int sequence, bool tunes, List<string> assumed)
    {
        string? method = typed.GetValue(o.Method);
        if (method is not null && method is not ("full" or "lora" or "qlora")) throw new InputException("--method", $"'{method}' is none.{NearestName.Hint(method, ["full", "lora", "qlora"])}", "There are full, lora and qlora.");
        if (method is null && tunes) assumed.Add("LoRA (--method)");
        method ??= tunes ? "lora" : "full";
        string optimizer = typed.GetValue(o.Optimizer)!;
        if (!Optimizers.TryGetValue(optimizer, out OptimizerKind kind)) throw new InputException("--optimizer", $"'{optimizer}' is none.{NearestName.Hint(optimizer, Optimizers.Keys)}", $"There are {string.Join(", ", Optimizers.Keys)}.");
        string precision = PlanFleet.Choice(typed, o.Precision, "bf16", "fp16", "fp8", "fp32");
        int rank = typed.GetValue(o.Rank);
        if (rank < 1 || rank > shape.Hidden) throw new InputException("--rank", $"{rank} is no rank of matrices of {shape.Hidden} rows", $"Give 1 to {shape.Hidden}; 8 to 64 are usual.");
        bool wide = precision == "fp32";
        return new TrainingJob
        {
            Shape = shape,
            Sequence = sequence,
            Type = precision,
            Optimizer = kind,
            AdapterParameters = method == "full" ? null : AdapterSize.Of(shape, rank),
            // Half a byte a weight, and a scale for each block of 64 (QLoRA, arXiv:2305.14314, section 3).
            WeightBytes = method == "qlora" ? 0.5 + (4.0 / 64) : wide ? 4 : 2,
            MasterBytes = wide ? 0 : 4,
            ActivationBytes = wide ? 4 : 2,
        };
    }

    private static SearchDevice Device(Accelerator a, Prices prices, TrainingJob job, int most)
    {
        TrainingCalibration fitted = TrainingCalibration.For(a);
        try
        {
            return new SearchDevice(a, most, prices.Of(a), new TrainingEstimator(job, a, fitted.Rates, fitted.Stack, fitted.Overhead), PlanFleet.Watts(a));
        }
        catch (ArgumentException e)
        {
            throw new InputException(e.Message);
        }
    }
}
