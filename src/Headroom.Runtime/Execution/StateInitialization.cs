using System.Runtime.InteropServices;
using Headroom.Evidence.Randomness;
using Headroom.Graph;

namespace Headroom.Runtime.Execution;

/// <summary>First values of state.</summary>
internal static class StateInitialization
{
    private const int Chunk = 1 << 16;

    public static unsafe void Fill(StateTensor state, ulong seed, Func<string, StateTensor> lookup)
    {
        switch (state.Declaration.Initializer)
        {
            case Initializer { HasValues: true } given:
                TensorData data = given.Values();
                if (data.Type != state.Type) throw new GraphException($"state '{state.Name}' is {state.Type}, its given value is {data.Type}");
                data.Bytes.CopyTo(state.Bytes);
                break;
            case Initializer.CopyOf copy:
                state.Tensor.CopyFrom(lookup(copy.Source).Tensor);
                break;
            case Initializer.Constant { Value: 0 }:
                NativeMemory.Clear(state.Address, (nuint)state.Type.Bytes);
                break;
            case Initializer.Constant c:
                Write(state, (_, values) => values.Fill((float)c.Value));
                break;
            case Initializer.Uniform u:
                var uniform = new Philox(seed, Stream(state.Name));
                Write(state, (at, values) => uniform.FillUniform(values, (ulong)at, (float)u.Low, (float)u.High));
                break;
            case Initializer.Normal n:
                var normal = new Philox(seed, Stream(state.Name));
                Write(state, (at, values) => normal.FillNormal(values, (ulong)at, (float)n.Mean, (float)n.StandardDeviation));
                break;
        }
    }

    /// <summary>A stream number from a name: FNV-1a, 64 bits.</summary>
    private static ulong Stream(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in name) hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private delegate void Filler(long position, Span<float> values);

    /// <summary>Draws in fp32, chunk by chunk, and stores in the state's own type.</summary>
    private static unsafe void Write(StateTensor state, Filler fill)
    {
        var chunk = new float[Chunk];
        int size = state.Type.Element.Size();
        for (long at = 0; at < state.Type.Elements; at += Chunk)
        {
            Span<float> values = chunk.AsSpan(0, (int)Math.Min(Chunk, state.Type.Elements - at));
            fill(at, values);
            if (state.Type.Element == ElementType.Float32)
            {
                values.CopyTo(new Span<float>(state.Address + at * size, values.Length));
                continue;
            }
            for (int i = 0; i < values.Length; i++) Numbers.Write(state.Type.Element, values[i], new Span<byte>(state.Address + (at + i) * size, size));
        }
    }
}
