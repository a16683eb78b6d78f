using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>gpt-fast's tables: decoding one sequence, as compiled PyTorch does. Its page says A100 80GB where a heading doesn't say AMD.</summary>
public sealed partial class GptFastReader : ServingReader
{
    /// <inheritdoc/>
    public override bool Knows(MeasuredRow row) => row.Model.Text("name") is not null && (row.Config.Text("technique", "gpus") is not null || row.Whole.Section("raw").All.Any(c => Devices().IsMatch(c.Name)));

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip)
    {
        skip = string.Empty;
        string table = row.Whole.Text("table") ?? string.Empty, model = row.Model.Text("name") ?? string.Empty;
        if (table.Contains("AMD", StringComparison.Ordinal))
        {
            skip = "one die of an accelerator that has two";
            return [];
        }

        string device = row.Hardware.Text("accelerator") ?? "NVIDIA A100 SXM4 80GB";
        (int Devices, string Cell)[] many = [.. row.Whole.Section("raw").All.Where(c => Devices().IsMatch(c.Name))
            .Select(c => (int.Parse(c.Name[..^4], CultureInfo.InvariantCulture), c.Text))];
        string? technique = row.Config.Text("technique") ?? row.Whole.Section("raw").Text(string.Empty);
        // In "Tensor Parallelism + Quantization" every row is for eight.
        int devices = (int)(row.Config.Number("gpus") ?? (table.Contains("Tensor Parallelism +", StringComparison.Ordinal) ? 8 : 1));
        if (many.Length == 0) many = [(devices, row.Whole.Section("raw").Text("Tokens/Second") ?? row.Measured.Text("tokens_per_second") ?? string.Empty)];
        NumberFormats.TryRead(technique?.Replace("baseline", string.Empty, StringComparison.Ordinal), out double bits, out _);
        return [.. many.Select(cell => Question(model, device, cell.Devices, bits, cell.Cell))];
    }

    private static ServingQuestion Question(string model, string device, int devices, double bits, string cell) => new()
    {
        Model = model, Device = device, Stack = "gpt-fast", Mode = ServingMode.Decode,
        Layout = new ServingLayout { Tensor = devices, WeightBits = bits, Type = "bf16" }, Load = new ServingLoad(1, ShortPrompt, 2 * ShortAnswer),
        TokensPerSecond = RowFields.ParseLeading(cell) is double rate ? rate : null, OutOfMemory = cell.Contains("OOM", StringComparison.OrdinalIgnoreCase),
    };

    [GeneratedRegex("^[0-9]{1,4} GPU$")]
    private static partial Regex Devices();
}
