using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Cli.Bench;

/// <summary>One fixed batch of a workload: normal numbers or uniform tokens, uniform labels.</summary>
internal sealed class FixedBatch
{
    private readonly Dictionary<Value, byte[]> _data = [];

    public FixedBatch(Runtime.Execution.Program program, Workload w)
    {
        ulong stream = 0;
        foreach (TypedInput input in program.Graph.Inputs)
        {
            if (input.Value.Name.StartsWith("headroom.", StringComparison.Ordinal)) continue;
            var philox = new Philox(1, ++stream);
            byte[] bytes = new byte[input.Type.Bytes];
            if (input.Type.Element == ElementType.Float32)
            {
                var values = new float[input.Type.Elements];
                philox.FillNormal(values, 0, 0, 1);
                Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            }
            else
            {
                long range = input.Value == Objectives.Labels ? w.Classes : w.Tokens;
                long[] values = [.. Enumerable.Range(0, (int)input.Type.Elements).Select(k => (long)(philox.UniformDoubleAt((ulong)k * 2) * range))];
                Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            }
            _data[input.Value] = bytes;
        }
    }

    /// <summary>Fills a program's inputs: they share their buffers with what comes later in the step.</summary>
    public void CopyTo(Runtime.Execution.Program program)
    {
        foreach ((Value input, byte[] bytes) in _data) bytes.CopyTo(program.InputBytes(input));
    }
}
