using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>AWS Neuron's tables of decoders and encoders. Parallelism counts cores, of which a chip has two.</summary>
public sealed class NeuronReader : ServingReader
{
    private const double CoresPerChip = 2;

    /// <inheritdoc/>
    public override bool Knows(MeasuredRow row) => row.Config.Text("Neuron Version") is not null;

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip)
    {
        double? output = row.Config.Number("Output Length"), input = row.Config.Number("Input Length"), sequence = row.Config.Number("Sequence Length", "Seq. Length");
        double? tokens = row.Measured.Number("Output Token Throughput (tokens/sec)", "Throughput (tokens/second)");
        double? sequences = row.Measured.Number("Throughput (inference/second)", "Throughput (inference/sec)", "Avg Throughput (/sec)");
        double batch = row.Config.Number("Batch Size") ?? 1;
        string model = row.Model.Text("name") ?? string.Empty, device = row.Hardware.Text("accelerator") ?? string.Empty;
        NumberFormats.TryRead(row.Config.Text("Weight Storage Data Type") ?? row.Config.Text("Model Data Type"), out double bits, out _);
        if (tokens is not null && output is not null)
        {
            skip = string.Empty;
            double chips = Math.Max(1, (row.Config.Number("TP Degree") ?? CoresPerChip) / CoresPerChip);
            return
            [
                new ServingQuestion
                {
                    Model = model, Device = device, Stack = "neuron", Mode = ServingMode.Decode,
                    Layout = new ServingLayout { Tensor = (int)chips, WeightBits = Math.Min(16, bits), Type = "bf16" }, Load = new ServingLoad(batch, input ?? ShortPrompt, output.Value), TokensPerSecond = tokens,
                },
            ];
        }

        skip = sequences is null ? "nothing measured" : sequence is null ? "no transformer over tokens" : string.Empty;
        if (skip.Length > 0) return [];
        // Each core runs copies of its own; a chip's arithmetic is shared among them.
        double cores = row.Config.Number("Num Cores", "Num. Cores") ?? CoresPerChip;
        return
        [
            new ServingQuestion
            {
                Model = model, Device = device, Stack = "neuron", Mode = ServingMode.Prefill, Layout = new ServingLayout { WeightBits = Math.Min(16, bits), Type = "bf16" },
                Load = new ServingLoad(batch * CoresPerChip, sequence!.Value, 0), Replicas = Math.Max(1, cores / (device.EndsWith("Inferentia", StringComparison.Ordinal) ? 4 : CoresPerChip)), TokensPerSecond = sequences * sequence,
            },
        ];
    }
}
