using System.Numerics;
using Headroom.Graph;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Variadic;

/// <summary>How elements lie in memory, and the type they are computed in. A struct without fields, so that each loop is compiled for each storage.</summary>
internal unsafe interface IStorage<T> where T : unmanaged, INumber<T>
{
    static abstract T Read(void* data, long i);

    static abstract void Write(void* data, long i, T value);
}

/// <summary>Types that the processor computes in.</summary>
internal readonly unsafe struct NativeStorage<T> : IStorage<T> where T : unmanaged, INumber<T>
{
    public static T Read(void* data, long i) => ((T*)data)[i];

    public static void Write(void* data, long i, T value) => ((T*)data)[i] = value;
}

/// <summary>fp16, computed in fp32.</summary>
internal readonly unsafe struct HalfStorage : IStorage<float>
{
    public static float Read(void* data, long i) => (float)((Half*)data)[i];

    public static void Write(void* data, long i, float value) => ((Half*)data)[i] = (Half)value;
}

/// <summary>bf16, computed in fp32.</summary>
internal readonly unsafe struct BFloat16Storage : IStorage<float>
{
    public static float Read(void* data, long i) => BitConverter.UInt32BitsToSingle((uint)((ushort*)data)[i] << 16);

    public static void Write(void* data, long i, float value) => ((ushort*)data)[i] = Numbers.ToBFloat16(value);
}

/// <summary>An operand of any strides, seen in the shape that it is broadcast to.</summary>
internal unsafe struct Operand
{
    private Walk _walk;
    private byte* _data;

    public static Operand[] All(KernelContext c, Shape shape, int first)
    {
        var operands = new Operand[c.Node.Inputs.Length - first];
        for (int i = 0; i < operands.Length; i++)
        {
            Tensor x = c.Input(i + first);
            operands[i] = new Operand { _walk = Walk.Create(shape, x, x, c.Node.Name), _data = (byte*)x.Data };
        }
        return operands;
    }

    /// <summary>Reads the elements that meet <paramref name="begin"/> up to <paramref name="begin"/> + <paramref name="n"/> of the broadcast shape.</summary>
    public readonly void Load<TStorage, T>(long begin, long n, T* into) where TStorage : struct, IStorage<T> where T : unmanaged, INumber<T>
    {
        long inner = _walk.Inner, step = _walk.StrideA;
        for (long done = 0; done < n;)
        {
            long column = (begin + done) % inner, piece = Math.Min(inner - column, n - done), from = _walk.At((begin + done) / inner).A + column * step;
            for (long i = 0; i < piece; i++) into[done + i] = TStorage.Read(_data, from + i * step);
            done += piece;
        }
    }
}
