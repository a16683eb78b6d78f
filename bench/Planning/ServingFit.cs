using Headroom.Devices.Catalogue;
using Headroom.Planning;
using Headroom.Planning.Calibration;
using Headroom.Planning.Diffusion.Rows;
using Headroom.Planning.Serving;
using Headroom.Planning.Serving.Rows;
using Headroom.Planning.Tables;

namespace Headroom.Bench.Planning;

/// <summary>Fits serving: three figures a family of accelerators, three a stack.</summary>
internal static class ServingFit
{
    private const double Delta = 0.05;

    // Servers of many users are held up by their hosts; the others unpack weights on the way, or stream whole ones.
    private static readonly HashSet<string> Servers = ["tensorrt-llm", "vllm", "sglang"], Streamers = ["llama.cpp", "gpt-fast", "deepspeed-inference", "accelerate", "fastertransformer", "optimum-habana", "neuron", "megatron"];

    private static readonly ParameterForm[] Forms =
    [
        new(ServingCalibration.MatrixShare, "family", "1", "share of the dense peak that large products reach", 0.55, 0.05, 0.95, 0.5),
        new(ServingCalibration.BandwidthShare, "family", "1", "share of the memory bandwidth that streaming kernels reach", 0.75, 0.2, 0.97, 0.3),
        new(ServingCalibration.CollectiveSeconds, "family", "s", "a collective among the accelerators of a node that moves next to nothing", 1e-5, 1e-6, 1e-4, 0.7),
        new(ServingCalibration.LayerSeconds, "stack", "s", "each layer in each pass beyond arithmetic and traffic", 3e-5, 1e-6, 3e-3, 2),
        new(ServingCalibration.TokenSeconds, "stack", "s", "the host for each token written", 5e-6, 1e-7, 1e-4, 1, Servers, 0),
        new(ServingCalibration.UnpackShare, "stack", "1", "bandwidth at which weights of fewer than 16 bits are streamed and unpacked, over the family's", 0.9, 0.1, 1, 1, Streamers),
        new(ServingCalibration.StackMatrixShare, "stack", "1", "rate of large products over the family's", 1, 0.2, 3, 0.7),
    ];

    /// <summary>Fits all tables that have rows of served language models.</summary>
    /// <param name="tables">The tables.</param>
    public static FittedCalibration Fit(IReadOnlyList<MeasuredTable> tables)
    {
        Row[] rows = [.. tables.SelectMany(Rows)];
        // Drawing shares the families' figures: products are products.
        (string Table, DiffusionQuestion Question)[] drawn = [.. tables.SelectMany(t => t.Rows.Where(r => r.Kind.StartsWith("diffusion", StringComparison.Ordinal)).Select(r => (t.Name, DiffusionQuestion.Read(r, out _)!)).Where(q => q.Item2 is { PerSecond: > 0 }))];
        FitModel model = new("llm-serving", Forms,
            [.. rows.Select(r => new FitRow(r.Device.FitKey(), r.Question.Stack, Quantity.Throughput, r.Table)), .. drawn.Select(d => new FitRow(d.Question.Device.FitKey(), DiffusionQuestion.Stack, "pictures", d.Table))],
            (i, v) => i < rows.Length ? Error(rows[i], v) : Error(drawn[i - rows.Length].Question, v), Delta, Places: 24);
        return model.Fit("Least robust logarithmic error on published rates of served language models, each table weighing by the root of its rows.");
    }

    private static double Error(DiffusionQuestion question, Func<string, string, double> value) =>
        Math.Log(question.Batch / question.Time(Rates(question.Device, value), Stack(DiffusionQuestion.Stack, value))!.Value.Seconds / question.PerSecond!.Value);

    private static ServingRates Rates(Accelerator device, Func<string, string, double> value) =>
        new(value(ServingCalibration.MatrixShare, device.FitKey()), value(ServingCalibration.BandwidthShare, device.FitKey()), value(ServingCalibration.CollectiveSeconds, device.FitKey()));

    private static ServingStack Stack(string name, Func<string, string, double> value) =>
        new(name, value(ServingCalibration.LayerSeconds, name), value(ServingCalibration.TokenSeconds, name), value(ServingCalibration.UnpackShare, name), value(ServingCalibration.StackMatrixShare, name));

    private static double Error(Row row, Func<string, string, double> value)
    {
        ServingQuestion question = row.Question;
        return Math.Log(ServingAnswers.TokensPerSecond(question, new ServingEstimator(row.Work, row.Device, Rates(row.Device, value), Stack(question.Stack, value), question.Layout)) / question.TokensPerSecond!.Value);
    }

    private static IEnumerable<Row> Rows(MeasuredTable table)
    {
        var predictor = new ServingPredictor();
        foreach (MeasuredRow row in table.Rows.Where(r => predictor.Concerns(r, Quantity.Throughput)))
        {
            foreach (ServingQuestion question in ServingReader.ReadAny(row, out _).Where(q => q.TokensPerSecond > 0))
            {
                if (ServingPredictor.Facts(question, out _) is { } facts) yield return new(table.Name, question, facts.Work, facts.Device);
            }
        }
    }

    private sealed record Row(string Table, ServingQuestion Question, ServingWork Work, Accelerator Device);
}
