using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Headroom.Runtime.Kernels.Quantization;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Whether a dynamic map has levels on both sides of 0. A struct without fields, so that each kernel is compiled for each map.</summary>
internal interface IDynamicMap
{
    static abstract bool Signed { get; }

    /// <summary>The tables of <see cref="DynamicCode"/>.</summary>
    static abstract unsafe float* Tables { get; }
}

/// <summary>Levels of a first moment.</summary>
internal readonly unsafe struct SignedMap : IDynamicMap
{
    public static bool Signed => true;

    public static float* Tables { get; } = DynamicCode.Make(true);
}

/// <summary>Levels of a second moment.</summary>
internal readonly unsafe struct UnsignedMap : IDynamicMap
{
    public static bool Signed => false;

    public static float* Tables { get; } = DynamicCode.Make(false);
}

/// <summary>
/// The 256 levels of a dynamic (tree) map, in rising order, found by arithmetic, sixteen at a time, in the place of a table and a search in it.
/// </summary>
/// <remarks>
/// Dettmers et al., arXiv:2110.02861, section 2.1. Decade d, from 10^(d-7) to 10^(d-6), has n = 2ᵈ levels (signed) or 2ᵈ⁺¹ (unsigned), <c>10^(d-6) · (0.1 + 0.9 (j + ½) / n)</c> for j &lt; n. So n + j, the level's place plus a constant,
/// holds the decade in its leading bit and j in the bits behind: as a float, in its exponent and its fraction. The place after the last decade is level 1, which a signed map has above 0 alone.
/// </remarks>
internal static unsafe class DynamicCode
{
    private const int Decades = 7, Floats = 96;

    // The tables, each of 16 floats so that one register holds it. Value = Slope · fraction + Offset, found by the exponent; place = Scale · value + Start, at least Low, found by the decade.
    private const int Slope = 0, Offset = 16, Scale = 32, Start = 48, Low = 64, Next = 80;

    /// <summary>Made once for a map, and never freed.</summary>
    public static float* Make(bool signed)
    {
        float* t = (float*)NativeMemory.AlignedAlloc(Floats * sizeof(float), 64);
        NativeMemory.Clear(t, Floats * sizeof(float));
        int Count(int d) => 1 << (signed ? d : d + 1);
        double Level(int d, double j) => Math.Pow(10, d - Decades + 1) * (0.1 + 0.9 * (j + 0.5) / Count(d));
        for (int d = 0; d <= Decades; d++)
        {
            int n = Count(d);
            bool one = d == Decades;
            double top = Math.Pow(10, d - Decades + 1), first = one ? 1 : Level(d, 0);
            for (int copy = 0; copy < 16; copy += 8)
            {
                int exponent = (int)(BitConverter.SingleToUInt32Bits(n) >> 23 & 7) + copy;
                t[Slope + exponent] = one ? 0 : (float)(0.9 * top);
                t[Offset + exponent] = (float)first;
                t[Scale + d + copy] = one ? 0 : (float)(n / (0.9 * top));
                t[Start + d + copy] = one ? n : (float)(n - n / 9.0);
                t[Low + d + copy] = n;
                // The border of the next decade is midway between the levels beside it.
                t[Next + d + copy] = one ? float.PositiveInfinity : (float)((Level(d, n - 1) + (d + 1 == Decades ? 1 : Level(d + 1, 0))) / 2);
            }
        }
        return t;
    }

    /// <summary>What a block's codes stand for, times a factor.</summary>
    /// <param name="codes"><c>[count]</c>.</param>
    /// <param name="values"><c>[count]</c>, overwritten.</param>
    /// <param name="count">A multiple of 16.</param>
    /// <param name="factor">The block's maximum, or a share of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode<M>(byte* codes, float* values, int count, float factor) where M : struct, IDynamicMap
    {
        float* tables = M.Tables;
        Vector512<float> slope = Vector512.Load(tables + Slope) * factor, offset = Vector512.Load(tables + Offset) * factor;
        // The place of 0, which stands in no decade.
        Vector512<int> zero = Vector512.Create(M.Signed ? 127 : 0);
        for (int i = 0; i < count; i += 16)
        {
            Vector512<int> code = QuantizedUInt8.Load(codes, i), place = M.Signed ? Vector512.Abs(code - zero) : code + Vector512<int>.One;
            Vector512<int> bits = Vector512.ConvertToSingle(place).AsInt32(), exponent = Vector512.ShiftRightLogical(bits, 23);
            Vector512<float> fraction = ((bits & Vector512.Create(0x7fffff)) | Vector512.Create(0x3f800000)).AsSingle() - Vector512<float>.One;
            Vector512<float> value = Vector512.FusedMultiplyAdd(Look(slope, exponent), fraction, Look(offset, exponent));
            if (M.Signed) value ^= (Vector512.LessThan(code, zero) & Vector512.Create(int.MinValue)).AsSingle();
            (value & Vector512.OnesComplement(Vector512.Equals(code, zero)).AsSingle()).Store(values + i);
        }
    }

    /// <summary>The codes of the levels nearest to a block's values; a NaN's is 0's. Above 0 an unsigned value is never made 0.</summary>
    /// <param name="values"><c>[count]</c>.</param>
    /// <param name="codes"><c>[count]</c>, overwritten.</param>
    /// <param name="count">A multiple of 16.</param>
    /// <param name="inverse">One over the block's maximum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Encode<M>(float* values, byte* codes, int count, float inverse) where M : struct, IDynamicMap
    {
        float* tables = M.Tables;
        Vector512<float> factor = Vector512.Create(inverse), scale = Vector512.Load(tables + Scale), start = Vector512.Load(tables + Start), lows = Vector512.Load(tables + Low), next = Vector512.Load(tables + Next);
        Vector512<float> least = Vector512.Create(M.Signed ? tables[Offset + 7] / 2 : 0);
        Vector512<int> middle = Vector512.Create(127);
        for (int i = 0; i < count; i += 16)
        {
            Vector512<float> value = Vector512.Load(values + i) * factor, size = M.Signed ? Vector512.Abs(value) : value;
            // The decade is found by the power of 2, to which it is 3/10 (77/256), and is this or the next. The constant is between those that are wrong for some power: 6 · 256 - 127 · 77 and 77 to 232 more.
            Vector512<int> power = Vector512.ShiftRightLogical(size.AsInt32(), 23);
            Vector512<int> decade = Vector512.Max(Vector512.ShiftRightArithmetic(power * 77 + Vector512.Create(-8089), 8), Vector512<int>.Zero);
            decade -= Vector512.GreaterThanOrEqual(size, Look(next, decade)).AsInt32();
            Vector512<float> low = Look(lows, decade), place = Vector512.FusedMultiplyAdd(size, Look(scale, decade), Look(start, decade));
            place = Vector512.MinNative(Vector512.MaxNative(place, low), low + low - Vector512<float>.One);
            Vector512<int> whole = Vector512.ConvertToInt32Native(place), some = Vector512.GreaterThan(size, least).AsInt32();
            if (M.Signed)
            {
                whole &= some;
                Vector512<int> sign = Vector512.ShiftRightArithmetic(value.AsInt32(), 31);
                // Below 0 there are 127 levels, above it 128.
                whole = middle + (Vector512.Min(whole, middle - Vector512<int>.AllBitsSet + sign) ^ sign) - sign;
            }
            else whole = whole - Vector512<int>.One & some;
            QuantizedUInt8.Store(codes, i, whole);
        }
    }

    /// <summary>One of eight, which the table holds twice: by the index's last three bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Look(Vector512<float> table, Vector512<int> index)
    {
        if (Avx512F.IsSupported) return Avx512F.PermuteVar16x32(table, index);
        if (Avx2.IsSupported) return Vector512.Create(Avx2.PermuteVar8x32(table.GetLower(), index.GetLower()), Avx2.PermuteVar8x32(table.GetLower(), index.GetUpper()));
        return Vector512.Shuffle(table, index & Vector512.Create(7));
    }
}
