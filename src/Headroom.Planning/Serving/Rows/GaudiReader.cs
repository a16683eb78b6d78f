using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>Baselines of optimum-habana's text generation, whose test's name holds everything: <c>test_text_generation_fp8[meta-llama/Llama-2-70b-hf-4-3042-False-128-128-False]</c>.</summary>
public sealed partial class GaudiReader : ServingReader
{
    // What the tests ask for where a name doesn't say: 100 new tokens after a short prompt.
    private const double Answer = 100;

    /// <inheritdoc/>
    public override bool Knows(MeasuredRow row) => row.Config.Text("test_id") is not null;

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip)
    {
        Match test = Name().Match(row.Config.Text("test_id")!);
        double? rate = row.Measured.Number("throughput");
        skip = !test.Success ? "no text generation" : rate is null or 0 ? "nothing measured" : string.Empty;
        if (skip.Length > 0) return [];
        string kind = test.Groups["kind"].Value;
        if (kind is "contrastive_search" or "bnb" or "torch_compile_distributed" or "torch_compile" or "distributed_tp")
        {
            skip = "a way of decoding that isn't modelled";
            return [];
        }

        Match parts = Parts().Match(test.Groups["args"].Value);
        string model = parts.Groups["model"].Value;
        double[] numbers = [.. parts.Groups["rest"].Value.Split('-', StringSplitOptions.RemoveEmptyEntries).Where(p => double.TryParse(p, CultureInfo.InvariantCulture, out _)).Select(p => double.Parse(p, CultureInfo.InvariantCulture))];
        bool four = numbers.Length >= 4;
        int devices = four || kind.StartsWith("deepspeed", StringComparison.Ordinal) ? (int)numbers.FirstOrDefault(1) : 1;
        double batch = four || devices > 1 ? numbers.ElementAtOrDefault(1) : numbers.FirstOrDefault(1);
        (double input, double output) = four ? (numbers[2], numbers[3]) : (ShortPrompt, Answer);
        double bits = kind.Contains("fp8", StringComparison.Ordinal) ? 8 : kind.Contains("gptq", StringComparison.Ordinal) || kind.Contains("awq", StringComparison.Ordinal) ? 4.5 : 16;
        return
        [
            new ServingQuestion
            {
                Model = model, Device = row.Hardware.Text("accelerator") ?? "Intel Gaudi 2", Stack = "optimum-habana", Mode = ServingMode.Batch,
                Layout = new ServingLayout { Tensor = Math.Max(1, devices), WeightBits = bits, KvBits = bits == 8 ? 8 : 16, Type = bits == 8 ? "fp8" : "bf16", PromptPiece = double.PositiveInfinity },
                Load = new ServingLoad(Math.Max(1, batch), input, output), TokensPerSecond = rate,
            },
        ];
    }

    [GeneratedRegex(@"test_text_generation_(?<kind>[a-z0-9_]+?)(?:_1x)?\[(?<args>[^\]]+)\]")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?<model>.+?)(?<rest>(?:-(?:[0-9]+|True|False))+)$")]
    private static partial Regex Parts();
}
