using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Runs;
using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using Headroom.Inference;
using SkiaSharp;

namespace Headroom.EndToEnd.Tests;

public sealed class RunTests
{
    [Fact]
    public void A_table_becomes_a_model_with_evidence()
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model + Scratch.Train + "evaluate: { gates: [accuracy >= 0.6] }\n");
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 0, said.ToString());
        Assert.Empty(said.Error);
        RunFolder run = s.Run!;
        run.Verify();
        foreach (string file in new[] { run.Plan, run.Training, run.Evaluation, run.Model, run.Report, run.Log, Path.Combine(run.Path, "preprocessing.json"), Path.Combine(run.Path, "recipe.json") }) Assert.True(File.Exists(file), file);
        EvaluationDocument evaluation = run.Read<EvaluationDocument>();
        Assert.InRange(Assert.Single(evaluation.Measurements, m => m.Name == "accuracy").Value, 0.6, 1);
        Assert.InRange(Assert.Single(evaluation.Measurements, m => m.Name == "parity_max_abs_logit_difference").Value, 0, 1e-4);
        Assert.All(evaluation.Measurements, m => Assert.True(double.IsFinite(m.Value), m.Name));
        PlanDocument plan = run.Read<PlanDocument>();
        Assert.True(plan["working_bytes"].Value >= plan["graph_bytes"].Value);
        Assert.Equal(OutcomeKind.Completed, run.Read<TrainingDocument>().Outcome.Kind);
        Assert.DoesNotContain("NaN", File.ReadAllText(run.Report), StringComparison.Ordinal);
        Assert.DoesNotContain(s.Written, f => f.EndsWith(".tmp", StringComparison.Ordinal));

        using OnnxSession session = OnnxSession.Load(run.Model);
        using InferenceOutputs outputs = session.Run([InferenceInput.Of("numbers", new Shape([1, 2]), new[] { 0.9f, 0.9f }), InferenceInput.Of("categories", new Shape([1, 1]), new[] { 1L })]);
        float[] logits = outputs.Span<float>("logits").ToArray();
        Assert.Equal(2, logits.Length);
        Assert.True(logits[1] > logits[0], "0.9 and 0.9 add up to over 1: 'yes', the second class");

        // The run's own words say how to look at it again.
        Said again = Cli.Run(s.Root, "evaluate", "project", run.Path);
        Assert.True(again.Code == 0, again.ToString());
        Assert.Equal(evaluation.Find("accuracy"), run.Read<EvaluationDocument>().Find("accuracy"));
        Said summary = Cli.Run(s.Root, "inspect", run.Model, "--json");
        Assert.True(summary.Code == 0, summary.ToString());
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(summary.Out).RootElement.ValueKind);

        // Another model under the name of the run's own is not measured.
        byte[] model = File.ReadAllBytes(run.Model);
        File.WriteAllBytes(run.Model, [.. model, 0]);
        Said other = Cli.Run(s.Root, "evaluate", "project", run.Path);
        Assert.Equal(2, other.Code);
        Assert.Contains("it is not the model that training.json names", other.Error, StringComparison.Ordinal);
        File.WriteAllBytes(run.Model, model);

        // Data that has changed since is not evaluated on.
        s.Line(5, "0.1,0.1,red,no");
        Said changed = Cli.Run(s.Root, "evaluate", "project", run.Path);
        Assert.Equal(2, changed.Code);
        Assert.Contains("the data has changed", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_that_fails_ends_with_1_and_leaves_the_evidence()
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model + "train: { epochs: 1, batch: 20, threads: 2 }\nevaluate: { gates: [log_loss <= 0.000001], baseline: false }\n");
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 1, said.ToString());
        Assert.Contains("failed with", said.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(s.Run!.Report));
        s.Run.Verify();
    }

    [Fact]
    public void Repeats_are_left_out_where_the_split_says_nothing_of_them()
    {
        using var s = new Scratch("data: { train: { reader: csv, path: rows.csv, label: kind }, split: { seed: 1 } }\n" + Scratch.Model + "train: { epochs: 1, batch: 20, threads: 2 }\nevaluate: { baseline: false }\n");
        File.AppendAllLines(s.Rows, File.ReadAllLines(s.Rows)[1..]);
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 0, said.ToString());
        Assert.Matches(@"; [1-9][\d,]* repeats left out", said.Out);
    }

    [Fact]
    public void A_folder_of_pictures_becomes_a_model()
    {
        using var s = new Scratch("data: { train: { reader: images, path: pictures, color: grey }, split: { train: 0.5, validation: 0.25, test: 0.25, seed: 3 } }\nmodel: { preset: resnet, stages: [4], blocks: 1 }\ntrain: { epochs: 3, batch: 8, threads: 2 }\n");
        for (int i = 0; i < 60; i++) Picture(Path.Combine(s.Project, "pictures", i % 2 == 0 ? "dark" : "light"), i);
        Complete(s, "accuracy");
    }

    [Fact]
    public void A_folder_of_pictures_becomes_a_vision_transformer()
    {
        using var s = new Scratch("data: { train: { reader: images, path: pictures, color: grey }, split: { train: 0.5, validation: 0.25, test: 0.25, seed: 3 } }\nmodel: { preset: vit, patch: 5, width: 8, layers: 1, heads: 2 }\ntrain: { epochs: 3, batch: 8, threads: 2 }\n");
        for (int i = 0; i < 60; i++) Picture(Path.Combine(s.Project, "pictures", i % 2 == 0 ? "dark" : "light"), i);
        Said refused = Cli.Run(s.Root, "run", "project");
        Assert.Equal(2, refused.Code);
        Assert.Contains("headroom.yaml, line 2: pictures of 12 x 12 pixels can't be cut into squares of 5", refused.Error, StringComparison.Ordinal);
        Assert.Empty(s.Written);

        File.WriteAllText(s.Settings, File.ReadAllText(s.Settings).Replace("patch: 5", "patch: 4", StringComparison.Ordinal));
        Complete(s, "accuracy");
    }

    [Theory]
    [InlineData("lstm", false)]
    [InlineData("gru", true)]
    public void Series_become_a_forecaster_beside_the_seasonal_naive_forecast(string cell, bool several)
    {
        using var s = new Scratch($"data: {{ train: {{ reader: csv, path: load.csv, label: load, time: hour{(several ? ", group: site" : "")} }}, series: {{ length: 12, horizon: 6, seasons: [6, 12] }} }}\n"
            + $"model: {{ preset: forecaster, cell: {cell}, width: 8, layers: 1{(several ? ", season: 12" : "")} }}\ntrain: {{ epochs: 30, batch: 16, learning_rate: 0.02, threads: 2 }}\nevaluate: {{ gates: [normalized_deviation <= 0.2] }}\n");
        // Beside the naive forecast, several series have a trend to learn.
        IEnumerable<string> Site(string name, double size) => Enumerable.Range(0, 400).Select(h => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{h},{(several ? name + "," : "")}{size * (10 + (several ? 0.05 * h : 0) + (4 * Math.Sin(h * Math.PI / 6)) + ((several ? 0.5 : 1) * Math.Sin(h * h))):F4}"));
        File.WriteAllLines(Path.Combine(s.Project, "load.csv"), [several ? "hour,site,load" : "hour,load", .. Site("a", 1), .. several ? Site("b", 1000) : []]);
        Complete(s, "normalized_deviation");
        EvaluationDocument evaluation = s.Run!.Read<EvaluationDocument>();
        Assert.Equal("seasonal naive forecast", evaluation.Baseline!.Kind);
        Assert.Contains("12 steps before", evaluation.Baseline.Name, StringComparison.Ordinal);
        Assert.True(evaluation.Find("mae")!.Value < evaluation.Baseline.Measurements.Single(m => m.Name == "baseline_mae").Value);
        Assert.True(evaluation.Find("mase")!.Value < 1);
        Assert.Equal(4, evaluation.Forecasts.Count);
        Assert.Contains("What came", File.ReadAllText(s.Run.Report), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_network_made_by_others_gets_a_new_head_and_is_measured_before_and_after()
    {
        using Scratch s = Others("freeze: [body.bias], ", "");
        Complete(s, "accuracy");
        EvaluationDocument evaluation = s.Run!.Read<EvaluationDocument>();
        Measurement before = Assert.Single(evaluation.Measurements, e => e.Name == "accuracy_before_training"), after = Assert.Single(evaluation.Measurements, e => e.Name == "accuracy");
        Assert.True(after.Value > before.Value, $"{before.Value} before, {after.Value} after");
        Model trained = OnnxReader.Read(s.Run.Model);
        Assert.Contains(trained.States, w => w.Value.Name.EndsWith(".bias", StringComparison.Ordinal) && w.Type.Shape == new Shape(2));
        TensorData bias = ((Initializer.Given)trained.States.Single(w => w.Value.Name == "body.bias").Initializer).Data;
        Assert.Equal((float)Math.Sin(3), bias.As<float>()[3]);

        // A network whose pictures are of another size is refused before anything is written.
        File.WriteAllText(s.Settings, File.ReadAllText(s.Settings).Replace("color: grey", "color: rgb", StringComparison.Ordinal));
        Said refused = Cli.Run(s.Root, "run", "project");
        Assert.Equal(2, refused.Code);
        Assert.Contains("others.onnx: it takes pixels", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("same", "fp32")]
    [InlineData("nf4", "mixed")]
    public void A_network_made_by_others_is_tuned_by_adapters_and_they_lie_apart_too(string kept, string compute)
    {
        using Scratch s = Others("", $"compute: {compute}, adapter: {{ rank: 3, targets: [body], base: {kept} }}, ");
        // In bf16 the trainer's own numbers are rounded; what is exported computes in fp32.
        Complete(s, "accuracy", compute == "mixed" ? 0.05 : 1e-3);
        PlanDocument plan = s.Run!.Read<PlanDocument>();
        TrainingDocument training = s.Run.Read<TrainingDocument>();
        Assert.Equal(plan["graph_bytes"].Value, training["graph_bytes"].Value);
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(s.Run.Path, "adapter", "adapter_config.json")))!;
        Assert.Equal("LORA", config["peft_type"]!.GetValue<string>());
        Assert.Equal(3, config["r"]!.GetValue<int>());
        Assert.Equal("body", Assert.Single(config["target_modules"]!.AsArray())!.GetValue<string>());
        // The network's own bias stayed as it was.
        TensorData bias = ((Initializer.Given)OnnxReader.Read(s.Run.Model).States.Single(w => w.Value.Name == "body.bias").Initializer).Data;
        Assert.Equal((float)Math.Sin(3), bias.As<float>()[3]);

        File.WriteAllText(s.Settings, File.ReadAllText(s.Settings).Replace("[body]", "[q_proj]", StringComparison.Ordinal));
        Said refused = Cli.Run(s.Root, "run", "project");
        Assert.True(refused.Code == 2, refused.ToString());
        Assert.Contains("no weight of a matrix product is called 'q_proj'; there are body", refused.Error, StringComparison.Ordinal);
        Assert.Matches(@"headroom\.yaml, line \d+", refused.Error);
    }

    /// <summary>A project over pictures and a network that knew other classes.</summary>
    private static Scratch Others(string model, string train)
    {
        var s = new Scratch("data: { train: { reader: images, path: pictures, color: grey }, split: { train: 0.5, validation: 0.25, test: 0.25, seed: 3 } }\nmodel: { preset: onnx, file: others.onnx, " + model + "divide_pixels_by: 255 }\ntrain: { " + train + "epochs: 30, batch: 8, learning_rate: 0.01, threads: 2 }\nevaluate: { baseline: false }\n");
        for (int i = 0; i < 60; i++) Picture(Path.Combine(s.Project, "pictures", i % 2 == 0 ? "dark" : "light"), i);
        var m = new ModelBuilder("others");
        Value flat = m.Add(new Reshape(), m.Input("pixels", ElementType.Float32, 1, 1, 12, 12), m.Constant(TensorData.Longs(1, 144)));
        Value y = m.Add(new Softmax(), m.Linear(m.Add(new Relu(), m.Linear(flat, 144, 8, "body")), 8, 5, "head"));
        OnnxWriter.Write(m.Build(y), Path.Combine(s.Project, "others.onnx"), state => TensorData.Floats(state.Type.Shape, [.. Enumerable.Range(0, (int)state.Type.Elements).Select(i => (float)Math.Sin(i))]));
        return s;
    }

    [Theory]
    [InlineData("train: 0.6, validation: 0.2, test: 0.2", "\n")]
    [InlineData("train: 0.8, validation: 0, test: 0.2", " ")] // nothing to validate on, and no line to cut at
    public void A_text_becomes_a_language_model_that_writes(string split, string end)
    {
        using var s = new Scratch($"data: {{ train: {{ reader: text, path: text.txt, unit: document }}, split: {{ {split} }}, text: {{ tokenizer: characters, length: 16 }} }}\n" + "model: { preset: decoder, width: 16, layers: 1, heads: 2 }\ntrain: { epochs: 1, batch: 8, threads: 2 }\nevaluate: { sample_tokens: 20, gates: [loss_per_token <= 6] }\n");
        File.WriteAllText(Path.Combine(s.Project, "text.txt"), string.Concat(Enumerable.Range(0, 200).Select(i => $"line {i * 37 % 200} of the text{end}")));
        Complete(s, "loss_per_token");
        Assert.NotEmpty(File.ReadAllText(Path.Combine(s.Run!.Path, "sample.txt")));
    }

    [Fact]
    public void Texts_with_labels_become_a_classifier()
    {
        using var s = new Scratch("data: { train: { reader: jsonl, path: texts.jsonl, label: mood, kinds: { text: text } }, split: { train: 0.6, validation: 0.2, test: 0.2, seed: 1 }, text: { vocabulary: 300, length: 8 } }\nmodel: { preset: encoder, width: 16, layers: 1, heads: 2 }\ntrain: { epochs: 1, batch: 8, threads: 2 }\n");
        File.WriteAllLines(Path.Combine(s.Project, "texts.jsonl"), Enumerable.Range(0, 120).Select(i => $$"""{"text": "number {{i}} is {{(i % 2 == 0 ? "fine" : "bad")}}", "mood": "{{(i % 2 == 0 ? "glad" : "sad")}}"}"""));
        Complete(s, "accuracy");
    }

    private static void Complete(Scratch s, string measure, double parity = 1e-3)
    {
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 0, said.ToString());
        s.Run!.Verify();
        Assert.Single(s.Run.Read<EvaluationDocument>().Measurements, m => m.Name == measure);
        Assert.InRange(s.Run.Read<EvaluationDocument>().Find("parity_max_abs_logit_difference")!.Value, 0, parity);
        Assert.DoesNotContain("NaN", File.ReadAllText(s.Run.Report), StringComparison.Ordinal);
    }

    /// <summary>12 by 12 pixels, dark or light, no two alike.</summary>
    private static void Picture(string folder, int number)
    {
        Directory.CreateDirectory(folder);
        using var bitmap = new SKBitmap(12, 12);
        byte ground = (byte)(number % 2 == 0 ? 20 + number : 190 + number);
        for (int i = 0; i < 144; i++) bitmap.SetPixel(i % 12, i / 12, new SKColor((byte)(ground ^ (i * number % 8)), ground, ground));
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(Path.Combine(folder, $"{number}.png"), png.ToArray());
    }
}
