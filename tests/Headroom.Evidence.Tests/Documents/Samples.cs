using CsCheck;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;
using Headroom.Evidence.Quantities;

namespace Headroom.Evidence.Tests.Documents;

/// <summary>One document of each kind with all its parts, and a generator of them.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2026, 11, 23, 9, 10, 11, 123, TimeSpan.Zero);

    public static readonly string Hash = ContentHash.Of("plan"u8);

    public static PlanDocument Plan => new()
    {
        Created = Time,
        Inputs = new Dictionary<string, string> { ["dataset"] = Hash },
        Settings = Settings.Of(("seed", 17), ("rate", 0.1), ("name", "a \"quoted\" name: x, y"), ("layers", new[] { 1, 2 }), ("resume", null)),
        Measurements = [new("graph_bytes", 123456789012, "bytes", null, "peak of live buffers"), new("accuracy", 0.9, "fraction", new(0.88, 0.92), "Wilson", 1000)],
        Machine = new Dictionary<string, string> { ["processor"] = "x86-64, 2 cores", [".net"] = "10.0" },
        Buffers = [new("weights", new Bytes(1 << 20), 0.25), new("activations", new Bytes(3 << 20), 0.75)],
        Operators = [new("MatMul", 12, new Flops(1.5e9), new Bytes(100), new Bytes(50), new Bytes(7))],
    };

    public static TrainingDocument Training => new()
    {
        Created = Time,
        Inputs = new Dictionary<string, string> { ["plan"] = Hash },
        Measurements = [new("final_loss", 0.1, "nats", new(double.NegativeInfinity, 0.2))],
        Outcome = new(OutcomeKind.StoppedEarly, "the validation loss rose 3 times"),
        History = [new(1, 0.01, 2.9, 1e-3, 512.5, new Seconds(0.25)), new(2, 0.02, 2.8, 2e-3, 500, new Seconds(0.26))],
        Validation = [new(2, 2.7, 0.3), new(4, 2.6)],
        TimeByOperator = [new("MatMul", new Seconds(0.2), 0.8)],
        Checkpoint = new("checkpoint/step-2.safetensors", Hash),
        Model = new("model.onnx", Hash),
    };

    public static EvaluationDocument Evaluation => new()
    {
        Created = Time,
        Measurements = [new("accuracy", 0.75, "fraction")],
        Classes = ["System.Text", "Été, \"日本\""],
        ConfusionMatrix = [[2, 0], [1, 1]],
        PerClass = [new("System.Text", 2, 2.0 / 3, 1, 0.8), new("Été, \"日本\"", 2, null, 0.5, 2.0 / 3)],
        Reliability = [new(0, 0.5, 0, null, null), new(0.5, 1, 4, 0.8, 0.75)],
        Baseline = new("TF-IDF and logistic regression", [new("accuracy", 0.7, "fraction")]),
        Gates = [Gate.Parse("accuracy >= 0.85").Evaluate([new("accuracy", 0.75, "fraction")])],
    };

    public static readonly Gen<double> Finite = Gen.Double.Where(double.IsFinite);

    // CsCheck's strings hold any UTF-16 units; a lone surrogate is no text.
    private static readonly Gen<string> Text = Gen.String.Select(s => new string([.. s.Where(c => !char.IsSurrogate(c))]));

    private static readonly Gen<Measurement> Measurements = Gen.Select(Text, Finite, Text, Finite, Finite, Gen.Bool, Gen.Long, (name, value, unit, a, b, some, rows) =>
        new Measurement("m" + name, value, unit, some ? new Interval(Math.Min(a, b), Math.Max(a, b)) : null, unit, some ? rows : null));

    private static readonly Gen<TrainingDocument> Trainings = Gen.Select(Gen.DateTimeOffset, Measurements.List[0, 5], Text,
        Gen.Select(Gen.Long, Finite, Finite, Finite, (step, x, y, z) => new StepRecord(step, x, y, z, x, new Seconds(y))).List[0, 5],
        Gen.Select(Text, Finite, Finite, (name, x, y) => new OperatorTime(name, new Seconds(x), y)).List[0, 3], Gen.Bool, (time, measurements, text, history, times, some) => new TrainingDocument
        {
            Created = time,
            Measurements = [.. measurements.DistinctBy(m => m.Name)],
            Settings = Settings.Of(("text", text), ("nested", new { A = text, B = history.Count })),
            Outcome = new(some ? OutcomeKind.Failed : OutcomeKind.Completed, text),
            History = history,
            TimeByOperator = times,
            Validation = [.. history.Select(h => new ValidationRecord(h.Step, h.Loss, some ? h.Epoch : null))],
            Model = some ? new("model.onnx", Hash) : null,
        });

    private static readonly Gen<PlanDocument> Plans = Gen.Select(Gen.DateTimeOffset, Measurements.List[0, 5], Text, Gen.Long, Finite, (time, measurements, text, bytes, x) => new PlanDocument
    {
        Created = time,
        Measurements = [.. measurements.DistinctBy(m => m.Name)],
        Machine = new Dictionary<string, string> { [text] = text },
        Buffers = [new(text, new Bytes(bytes), x)],
        Operators = [new(text, 3, new Flops(x), new Bytes(bytes), new Bytes(1), new Bytes(bytes))],
    });

    public static readonly Gen<Document> Any = Gen.OneOf(Trainings.Select(d => (Document)d), Plans.Select(d => (Document)d));
}
