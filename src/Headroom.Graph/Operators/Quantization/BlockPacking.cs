using System.Runtime.InteropServices;

namespace Headroom.Graph.Operators;

/// <summary>What a packed element stands for, times its block's scale.</summary>
public enum BlockCode
{
    /// <summary>A byte: -127 to 127, as 127ths.</summary>
    Int8,

    /// <summary>Four bits: one of sixteen quantiles of the normal distribution, two to a byte, the first in the upper half.</summary>
    Nf4,
}

/// <summary>Weights in blocks of <see cref="Block"/> neighbours, row-major, that share a scale: the largest magnitude among them.</summary>
/// <remarks>Dettmers et al., arXiv:2110.02861 (8 bits, block-wise) and arXiv:2305.14314 (NF4, its table in appendix E). Scales stay fp32: they take 0.5 bits an element, which double quantization would make 0.127.</remarks>
public static class BlockPacking
{
    /// <summary>Elements that share a scale.</summary>
    public const int Block = 64;

    /// <summary>NF4's sixteen values.</summary>
    public static ReadOnlySpan<float> Nf4 =>
    [
        -1f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1f,
    ];

    /// <summary>Bytes of the packed elements.</summary>
    public static TensorType PackedType(BlockCode code, Shape dims) => new(ElementType.UInt8, code == BlockCode.Int8 ? dims.Elements : (dims.Elements + 1) / 2);

    public static TensorType ScalesType(Shape dims) => new(ElementType.Float32, (dims.Elements + Block - 1) / Block);

    /// <summary>Packs fp32 or bf16 values.</summary>
    /// <exception cref="GraphException">A value is not finite.</exception>
    public static (TensorData Packed, TensorData Scales) Pack(TensorData weight, BlockCode code)
    {
        long n = weight.Type.Elements;
        RequireFinite(weight);
        TensorType packedType = PackedType(code, weight.Type.Shape), scalesType = ScalesType(weight.Type.Shape);
        byte[] packed = new byte[packedType.Bytes], scaleBytes = new byte[scalesType.Bytes];
        Parallel.For(0L, scalesType.Elements, block =>
        {
            Span<float> values = stackalloc float[Block];
            long first = block * Block;
            int count = (int)Math.Min(Block, n - first);
            float scale = Read(weight, first, values[..count]);
            MemoryMarshal.Write(scaleBytes.AsSpan(checked((int)block * sizeof(float))), scale);
            for (int i = 0; i < count; i++)
            {
                float part = scale == 0 ? 0 : values[i] / scale;
                long at = first + i;
                if (code == BlockCode.Int8) packed[at] = unchecked((byte)(sbyte)MathF.Round(part * 127));
                else packed[at / 2] |= (byte)(Nearest(part) << (at % 2 == 0 ? 4 : 0)); // a block is an even number of elements: no byte is shared
            }
        });
        return (new TensorData(packedType, packed), new TensorData(scalesType, scaleBytes));
    }

    /// <summary>The values again, in fp32: what <see cref="UnpackBlocks"/> computes.</summary>
    public static TensorData Unpack(TensorData packed, TensorData scales, BlockCode code, Shape dims)
    {
        var values = new float[dims.Elements];
        ReadOnlySpan<byte> bytes = packed.Bytes;
        ReadOnlySpan<float> s = scales.As<float>();
        for (int i = 0; i < values.Length; i++) values[i] = Value(bytes, i, code) * s[i / Block];
        return TensorData.Floats(dims, values);
    }

    private static float Value(ReadOnlySpan<byte> packed, int i, BlockCode code)
        => code == BlockCode.Int8 ? unchecked((sbyte)packed[i]) * (1f / 127) : Nf4[i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2] & 15];

    private static void RequireFinite(TensorData weight)
    {
        int size = weight.Type.Element.Size();
        for (int i = 0; i < weight.Bytes.Length; i += size)
        {
            double value = Numbers.Read(weight.Type.Element, weight.Bytes.Slice(i, size));
            if (!double.IsFinite(value)) throw new GraphException($"element {i / size} is {value}; only finite weights can be packed");
        }
    }

    /// <returns>The largest magnitude.</returns>
    private static float Read(TensorData weight, long first, Span<float> values)
    {
        ElementType element = weight.Type.Element;
        int size = element.Size();
        float most = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)Numbers.Read(element, weight.Bytes.Slice(checked((int)(first + i) * size), size));
            most = Math.Max(most, Math.Abs(values[i]));
        }
        return most;
    }

    private static int Nearest(float part)
    {
        int best = 0;
        for (int k = 1; k < 16; k++) if (Math.Abs(part - Nf4[k]) < Math.Abs(part - Nf4[best])) best = k;
        return best;
    }
}
