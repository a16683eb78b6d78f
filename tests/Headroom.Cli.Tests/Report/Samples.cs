using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;
using Headroom.Evidence.Quantities;
using Headroom.Evidence.Randomness;

namespace Headroom.Cli.Tests.Report;

/// <summary>Documents as a run writes them; the numbers fit together but are made up.</summary>
internal static class Samples
{
    public const string Snippet = """
        using Headroom.Inference;

        using OnnxModel model = OnnxModel.Open("model.onnx");
        Dictionary<string, float[]> answers = model.Run("Gets the value & key", top: 3);
        if (answers.Count < 1) Console.WriteLine("nothing");
        """;

    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 10, 0, TimeSpan.Zero);
    private static readonly Philox Random = new(7, 1);

    public static readonly string[] Areas =
    [
        "Microsoft.AspNetCore", "Microsoft.CodeAnalysis", "Microsoft.EntityFrameworkCore.Infrastructure", "Microsoft.Extensions", "Microsoft.JSInterop", "Microsoft.Win32",
        "System.Collections", "System.ComponentModel", "System.Data", "System.Diagnostics", "System.Globalization", "System.IO", "System.Linq", "System.Net", "System.Reflection",
        "System.Runtime", "System.Security", "System.Text", "System.Threading",
    ];

    public static PlanDocument Plan() => new()
    {
        Created = Start,
        Inputs = Hashes(("dataset", 'd'), ("headroom.yaml", 'c')),
        Settings = Settings.Of(("batch", 64), ("precision", "bf16"), ("schedule", "cosine"), ("shape", new[] { 64, 128 }), ("recompute", null)),
        Measurements =
        [
            new("graph_bytes", 187_203_584, "bytes", null, "peak of the buffers over the schedule, counted"),
            new("working_bytes", 224_395_264, "bytes", new Interval(210_000_000, 245_000_000), "graph bytes and what libtorch takes beside them on this machine"),
            new("step_flops", 41_204_310_016, "flops", null, "sum over the operators; a multiply-add counts two"),
        ],
        Machine = new Dictionary<string, string> { ["processor"] = "AMD EPYC 9R14, AVX-512", ["cores"] = "2", ["memory"] = "15.3 GiB", ["dotnet"] = "10.0.0", ["libtorch"] = "2.10.0" },
        Buffers = [Item("activations", 96_000_000), Item("optimizer states", 41_000_000), Item("weights", 20_500_000), Item("gradients", 20_500_000), Item("scratch", 8_200_000), Item("inputs", 1_003_584)],
        Operators =
        [
            Cost("MatMul", 74, 38.1e9, 412_000_000, 205_000_000), Cost("headroom.FusedAdamW", 52, 0.31e9, 164_000_000, 123_000_000), Cost("Softmax", 8, 0.42e9, 33_000_000, 33_000_000),
            Cost("LayerNormalization", 18, 0.27e9, 48_000_000, 48_000_000), Cost("Gelu", 8, 0.94e9, 67_000_000, 67_000_000), Cost("Gather", 4, 0, 12_000_000, 12_000_000),
        ],
    };

    /// <summary>The loss falls from ln 19 with noise.</summary>
    public static TrainingDocument Training(int steps = 2400, string planHash = "") => new()
    {
        Created = Start.AddMinutes(4),
        Inputs = planHash.Length > 0 ? new Dictionary<string, string> { ["plan"] = planHash } : Hashes(("plan", 'a')),
        Settings = Settings.Of(("optimizer", "AdamW"), ("learningRate", 0.002), ("epochs", 4), ("seed", 1)),
        Measurements =
        [
            new("graph_bytes", 187_203_584, "bytes", null, "largest sum of live buffers in the session"),
            new("working_bytes", 231_735_296, "bytes", null, "peak resident memory less that before the first step"),
            new("samples_per_second", 1184.2, "rows/s", new Interval(1150.1, 1211.8), "median over steps after the first ten"),
            new("loader_wait", 0.0031, "fraction", null, "share of step time spent waiting for the loader"),
            new("train_seconds", 228.4, "seconds"),
        ],
        Outcome = new Outcome(OutcomeKind.Completed),
        History = [.. Enumerable.Range(1, steps).Select(i => new StepRecord(i, 4.0 * i / steps, Loss(i, steps) * (0.82 + (0.36 * Random.UniformAt((ulong)i))), 0.002 * Math.Min(1.0, i / 100.0) * (0.5 + (0.5 * Math.Cos(Math.PI * i / steps))), 1180, new Seconds(0.054)))],
        Validation = [.. Enumerable.Range(1, 12).Select(i => new ValidationRecord(steps * i / 12, Loss((steps * i / 12) + 1, steps) * 1.08, 0.915 - (0.45 * Math.Exp(-i / 2.5))))],
        TimeByOperator = [.. new (string, double)[] { ("MatMul", 31.2), ("headroom.FusedAdamW", 5.1), ("Gelu", 4.4), ("LayerNormalization", 3.9), ("Softmax", 3.2), ("Transpose", 2.1), ("Gather", 1.7), ("headroom.ScaledDotProductAttentionGradient", 1.1), ("Add", 0.9) }
            .Select(t => new OperatorTime(t.Item1, new Seconds(t.Item2 / 1000), t.Item2 / 53.6))],
        Model = new FileReference("model.onnx", new string('b', 64)),
        Checkpoint = new FileReference("checkpoint/step-2400.safetensors", new string('e', 64)),
    };

    public static EvaluationDocument Evaluation(IReadOnlyList<string>? names = null)
    {
        IReadOnlyList<string> classes = names ?? Areas;
        long[][] matrix = [.. classes.Select((_, i) => classes.Select((_, j) => i == j ? 120 + (37L * i % 500) : Random.UniformAt((ulong)((i * 97) + j)) < 0.2 ? 1 + ((i + j) % 24L) : 0).ToArray())];
        return new EvaluationDocument
        {
            Created = Start.AddMinutes(6),
            Inputs = Hashes(("model.onnx", 'b'), ("training", 'f')),
            Measurements =
            [
                new("accuracy", 0.9123, "fraction", new Interval(0.9049, 0.9192), "top-1; Wilson interval", 6012),
                new("balanced_accuracy", 0.8811, "fraction", new Interval(0.871, 0.8903), "mean recall of 19 classes; MOVER of their Wilson intervals", 6012),
                new("macro_f1", 0.8842, "fraction", new Interval(0.8745, 0.8931), "mean F1 of 19 classes; bootstrap over rows, 2000 draws", 6012),
                new("log_loss", 0.3127, "nats", new Interval(0.2911, 0.3352), "mean of -ln p(true class), p not below 1e-15", 6012),
                new("ece", 0.0214, "fraction", new Interval(0.0151, 0.0279), "15 equal-width bins; bootstrap over rows", 6012),
                new("brier", 0.1311, "score", new Interval(0.1219, 0.1407), "mean of the squared error summed over classes, 0 to 2", 6012),
                new("parity_max_abs_logit_difference", 3.8e-6, "logits", null, "largest |trainer - ONNX Runtime| over all outputs of the rows", 256),
            ],
            Classes = classes,
            ConfusionMatrix = matrix,
            PerClass = [.. classes.Select((name, i) => new ClassScore(name, matrix[i].Sum(), Score(i, 3), Score(i, 5), Score(i, 4)))],
            Reliability = [.. Enumerable.Range(0, 15).Select(i => i < 2
                ? new ReliabilityBin(i / 15.0, (i + 1) / 15.0, 0, null, null)
                : new ReliabilityBin(i / 15.0, (i + 1) / 15.0, (long)(18 * Math.Exp(i / 2.9)), (i + 0.55) / 15, Math.Clamp(((i + 0.55) / 15) - (0.055 * Math.Sin(i / 2.3)), 0, 1)))],
            Baseline = new Baseline("logistic regression on TF-IDF of words and word pairs",
            [
                new("baseline_accuracy", 0.8871, "fraction", new Interval(0.8788, 0.8949), "top-1; Wilson interval; AdaGrad, rate 0.1, 12 epochs", 6012),
                new("baseline_log_loss", 0.4012, "nats", new Interval(0.379, 0.4241), "mean of -ln p(true class)", 6012),
                new("baseline_seconds", 5.2, "seconds", null, "wall time of training and prediction on one thread"),
            ]),
            Gates =
            [
                new GateResult("accuracy >= 0.85", GateOutcome.Pass, 0.9123, "accuracy >= 0.85: passed with 0.9123"),
                new GateResult("calibration.ece <= 0.02", GateOutcome.Fail, 0.0214, "calibration.ece <= 0.02: failed with 0.0214"),
                new GateResult("robustness.typos >= 0.8", GateOutcome.Missing, null, "robustness.typos >= 0.8: not measured."),
            ],
        };
    }

    public static Dictionary<string, string> Hashes(params (string Name, char Digit)[] inputs) => inputs.ToDictionary(i => i.Name, i => new string(i.Digit, 64));

    private static double Loss(int step, int steps) => 0.28 + (2.66 * Math.Exp(-9.0 * step / steps));

    private static double Score(int i, int salt) => 0.99 - (0.013 * (i * salt % 19));

    private static PlanItem Item(string name, long bytes) => new(name, new Bytes(bytes), bytes / 187_203_584.0);

    private static OperatorCost Cost(string name, int nodes, double flops, long read, long written) => new(name, nodes, new Flops(flops), new Bytes(read), new Bytes(written), new Bytes(written / 8));
}
