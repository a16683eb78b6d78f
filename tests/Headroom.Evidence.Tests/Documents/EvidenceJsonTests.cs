using System.Text;
using CsCheck;
using Headroom.Evidence.Documents;

namespace Headroom.Evidence.Tests.Documents;

public sealed class EvidenceJsonTests
{
    public static TheoryData<string> Kinds => ["plan", "training", "evaluation"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_document_reads_back_equal_and_is_written_the_same_again(string kind)
    {
        Document document = Of(kind);
        byte[] json = EvidenceJson.Serialize(document);
        Document read = EvidenceJson.Parse(json, "test.json");
        Assert.Equal(document, read);
        Assert.Equal(document.GetHashCode(), read.GetHashCode());
        Assert.Equal(json, EvidenceJson.Serialize(read));
    }

    [Fact]
    public void Any_document_reads_back_equal_to_the_last_bit() => Samples.Any.Sample(document =>
    {
        Document read = EvidenceJson.Parse(EvidenceJson.Serialize(document), "test.json");
        Assert.Equal(document, read);
        Assert.Equal(document.Measurements, read.Measurements);
        Assert.Equal(document.Created, read.Created);
        if (document is TrainingDocument t) Assert.Equal(t.History, ((TrainingDocument)read).History);
    }, iter: 500);

    [Fact]
    public void The_form_is_the_one_that_the_manual_shows()
    {
        PlanDocument plan = Samples.Plan with { Settings = Settings.Of(("seed", 17)), Machine = new Dictionary<string, string>() };
        string expected = $$"""
            {
              "schema": "headroom/plan/1",
              "created": "2026-11-23T09:10:11.1230000Z",
              "inputs": {
                "dataset": "{{Samples.Hash}}"
              },
              "settings": {
                "seed": 17
              },
              "measurements": [
                {
                  "name": "graph_bytes",
                  "value": 123456789012,
                  "unit": "bytes",
                  "interval": null,
                  "method": "peak of live buffers",
                  "rows": null
                },
                {
                  "name": "accuracy",
                  "value": 0.9,
                  "unit": "fraction",
                  "interval": [0.88, 0.92],
                  "method": "Wilson",
                  "rows": 1000
                }
              ],
              "machine": {},
              "buffers": [
                {"name": "weights", "bytes": 1048576, "share": 0.25},
                {"name": "activations", "bytes": 3145728, "share": 0.75}
              ],
              "operators": [
                {"operator": "MatMul", "nodes": 12, "flops": 1500000000, "bytesRead": 100, "bytesWritten": 50, "scratchBytes": 7, "seconds": null}
              ],
              "choices": [],
              "alternatives": []
            }

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(EvidenceJson.Serialize(plan)));
    }

    [Fact]
    public void Outcomes_rows_and_unbounded_ends_have_their_form()
    {
        string training = Encoding.UTF8.GetString(EvidenceJson.Serialize(Samples.Training)), evaluation = Encoding.UTF8.GetString(EvidenceJson.Serialize(Samples.Evaluation));
        Assert.Contains("\"kind\": \"stopped-early\"", training, StringComparison.Ordinal);
        Assert.Contains("\"interval\": [null, 0.2]", training, StringComparison.Ordinal);
        Assert.Contains("    [2, 0],\n    [1, 1]\n", evaluation, StringComparison.Ordinal);
        Assert.Contains("{\"low\": 0, \"high\": 0.5, \"rows\": 0, \"confidence\": null, \"accuracy\": null}", evaluation, StringComparison.Ordinal);
        Assert.Contains("\"rule\": \"accuracy >= 0.85\", \"outcome\": \"fail\"", evaluation, StringComparison.Ordinal);
        Assert.Contains("Été, \\\"日本\\\"", evaluation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_number_that_is_not_finite_is_refused_by_the_name_of_its_measurement(double value)
    {
        PlanDocument plan = Samples.Plan with { Measurements = [new("log_loss", value, "nats")] };
        Assert.Contains("'log_loss'", Assert.Throws<InputException>(() => EvidenceJson.Serialize(plan)).Message, StringComparison.Ordinal);
        TrainingDocument training = Samples.Training with { History = [new(7, 1, value, 1, 1, default)] };
        Assert.Contains("step 7", Assert.Throws<InputException>(() => EvidenceJson.Serialize(training)).Message, StringComparison.Ordinal);
        PlanDocument interval = Samples.Plan with { Measurements = [new("ece", 0.1, "fraction", new(value, 1))] };
        Assert.Contains("'ece'", Assert.Throws<InputException>(() => EvidenceJson.Serialize(interval)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_measurement_that_occurs_twice_is_refused_when_made_and_when_read()
    {
        Measurement m = new("accuracy", 0.9, "fraction");
        Assert.Contains("'accuracy'", Assert.Throws<ArgumentException>(() => Samples.Plan with { Measurements = [m, m] }).Message, StringComparison.Ordinal);
        Refused(Json("plan").Replace("graph_bytes", "accuracy", StringComparison.Ordinal), "'accuracy' occurs twice");
    }

    [Fact]
    public void A_document_does_not_change_with_the_list_that_it_was_made_from()
    {
        List<Measurement> list = [new("a", 1, "rows")];
        PlanDocument plan = Samples.Plan with { Measurements = list };
        list.Add(new("b", 2, "rows"));
        Assert.Single(plan.Measurements);
        Assert.Equal(1, plan["a"].Value);
        Assert.Null(plan.Find("b"));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{", "line 1")]
    [InlineData("[]", "no schema")]
    [InlineData("null", "no schema")]
    [InlineData("{\"schema\": 3}", "no schema")]
    [InlineData("{\"schema\": \"headroom/plan/2\"}", "'headroom/plan/2' is unknown to this version. Did you mean 'headroom/plan/1'?")]
    [InlineData("{\"schema\": \"headroom/plan/1\"}", "created")]
    [InlineData("{\"schema\": \"headroom/plan/1\", \"schema\": \"headroom/plan/1\"}", "schema")]
    [InlineData("{\"schema\": \"\\ud800\"}", "")]
    public void What_is_no_document_is_refused_with_the_reason(string json, string reason) => Refused(json, reason);

    [Theory]
    [InlineData("\"unit\": \"bytes\"", "\"unit\": null", "test.json, line ")]
    [InlineData("\"unit\": \"bytes\"", "\"unti\": \"bytes\"", "unti")]
    [InlineData("\"value\": 0.9", "\"value\": \"0.9\"", "value")]
    [InlineData("\"value\": 0.9", "\"value\": 1e999", "'accuracy' is Infinity")]
    [InlineData("\"value\": 0.9", "\"value\": NaN", "line")]
    [InlineData("[0.88, 0.92]", "[0.92, 0.88]", "above its high end")]
    [InlineData("[0.88, 0.92]", "[0.88, 0.9, 0.92]", "two ends")]
    [InlineData("[0.88, 0.92]", "[0.88", "line")]
    [InlineData("\"bytes\": 1048576", "\"bytes\": 1.5", "whole number")]
    [InlineData("1230000Z", "1230000+01:00", "created")]
    [InlineData("\"seed\": 17", "\"seed\": 17, \"seed\": 18", "seed")]
    [InlineData("\"seed\": 17", "\"seed\": \"\\ud800\"", "")]
    [InlineData("\"inputs\": {", "\"inputs\": { \"x\": \"ABC\",", "no lower-case hexadecimal SHA-256")]
    [InlineData("\"measurements\": [", "\"measurements\": [null,", "null")]
    [InlineData("\"seed\": 17", "\"seed\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "depth")]
    public void One_wrong_place_in_a_document_is_refused_with_the_reason(string right, string wrong, string reason)
    {
        string json = Json("plan");
        Assert.Contains(right, json, StringComparison.Ordinal);
        Refused(json.Replace(right, wrong, StringComparison.Ordinal), reason);
    }

    [Theory]
    [InlineData("[2, 0]", "[2, 0, 0]", "3 columns for 2 classes")]
    [InlineData("[2, 0]", "[-2, 0]", "negative")]
    public void A_confusion_matrix_fits_its_classes(string right, string wrong, string reason) =>
        Refused(Json("evaluation").Replace(right, wrong, StringComparison.Ordinal), reason);

    [Theory]
    [InlineData("../model.onnx")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../model.onnx")]
    public void A_file_outside_the_run_is_refused(string path) =>
        Refused(Json("training").Replace("\"model.onnx\"", $"\"{path}\"", StringComparison.Ordinal), "no path inside");

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        byte[] json = EvidenceJson.Serialize(Samples.Plan);
        json[^10] = 0xFF;
        Assert.Contains("not UTF-8", Assert.Throws<InputException>(() => EvidenceJson.Parse(json, "test.json")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_document_cut_off_anywhere_is_refused(string kind)
    {
        byte[] json = EvidenceJson.Serialize(Of(kind));
        for (int length = 0; length < json.Length - 2; length++) Assert.Throws<InputException>(() => EvidenceJson.Parse(json.AsMemory(0, length), "test.json"));
    }

    [Fact]
    public void A_document_with_flipped_bits_is_read_or_refused_and_nothing_else()
    {
        byte[][] documents = [.. Kinds.Select(kind => EvidenceJson.Serialize(Of(kind.Data)))];
        Gen.Select(Gen.Int[0, 2], Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 4]).Sample((which, flips) =>
        {
            byte[] json = (byte[])documents[which].Clone();
            foreach ((int at, byte bits) in flips) json[at % json.Length] ^= bits;
            try
            {
                Document read = EvidenceJson.Parse(json, "test.json");
                Assert.Equal(read, EvidenceJson.Parse(EvidenceJson.Serialize(read), "test.json"));
            }
            catch (InputException)
            {
                // Refused, which is as good.
            }
        }, iter: 5000);
    }

    [Fact]
    public void Another_document_than_the_one_asked_for_is_refused_by_its_schema()
    {
        using TemporaryFolder folder = new();
        EvidenceJson.Write(folder["plan.json"], Samples.Plan);
        InputException e = Assert.Throws<InputException>(() => EvidenceJson.Read<TrainingDocument>(folder["plan.json"]));
        Assert.Contains("headroom/plan/1", e.Message, StringComparison.Ordinal);
        Assert.Contains("headroom/training/1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_huge_file_are_refused_without_being_read_whole()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("no such file", Assert.Throws<InputException>(() => EvidenceJson.Read(folder["plan.json"])).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<InputException>(() => EvidenceJson.Read(folder.Path)).Message, StringComparison.Ordinal);
        using (FileStream huge = File.Create(folder["huge.json"])) huge.SetLength(5L << 30); // a hole: takes no room on the disk
        Assert.Contains("more than", Assert.Throws<InputException>(() => EvidenceJson.Read(folder["huge.json"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_keep_their_order_and_refuse_a_name_twice()
    {
        Assert.Equal(["z", "a", "m"], Settings.Of(("z", 1), ("a", "x"), ("m", true)).Keys);
        Assert.Equal(["learningRate", "steps"], Settings.From(new { LearningRate = 0.1, Steps = 3 }).Keys);
        Assert.Throws<ArgumentException>(() => Settings.Of(("a", 1), ("a", 2)));
    }

    internal static Document Of(string kind) => kind switch { "plan" => Samples.Plan, "training" => Samples.Training, _ => Samples.Evaluation };

    private static string Json(string kind) => Encoding.UTF8.GetString(EvidenceJson.Serialize(Of(kind)));

    private static void Refused(string json, string reason)
    {
        InputException e = Assert.Throws<InputException>(() => EvidenceJson.Parse(Encoding.UTF8.GetBytes(json), "test.json"));
        Assert.StartsWith("test.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
