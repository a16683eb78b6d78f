using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Cli.Bench;

/// <summary>One fixed batch of a workload: normal numbers or uniform tokens, uniform labels. The same rows, in however many parts they are run.</summary>
internal sealed class FixedBatch
{
    private readonly Dictionary<Value, byte[]> _data = [];

    /// <param name="program">What runs a part.</param>
    /// <param name="w">The workload.</param>
    /// <param name="parts">Equal parts of the batch.</param>
    public FixedBatch(Runtime.Execution.Program program, Workload w, int parts)
    {
        ulong stream = 0;
        foreach (TypedInput input in program.Graph.Inputs)
        {
            if (input.Value.Name.StartsWith("headroom.", StringComparison.Ordinal)) continue;
            var philox = new Philox(1, ++stream);
            int elements = checked((int)input.Type.Elements * parts);
            byte[] bytes = new byte[input.Type.Bytes * parts];
            if (input.Type.Element == ElementType.Float32)
            {
                var values = new float[elements];
                philox.FillNormal(values, 0, 0, 1);
                Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            }
            else
            {
                long range = input.Value == Objectives.Labels ? w.Classes : w.Tokens;
                long[] values = [.. Enumerable.Range(0, elements).Select(k => (long)(philox.UniformDoubleAt((ulong)k * 2) * range))];
                Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            }
            _data[input.Value] = bytes;
        }
    }

    /// <summary>Fills a program's inputs with a part's rows: they share their buffers with what comes later in the step.</summary>
    public void CopyTo(Runtime.Execution.Program program, int part)
    {
        foreach ((Value input, byte[] bytes) in _data)
        {
            Span<byte> target = program.InputBytes(input);
            bytes.AsSpan(part * target.Length, target.Length).CopyTo(target);
        }
    }
}
