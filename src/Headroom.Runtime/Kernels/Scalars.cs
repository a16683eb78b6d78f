using Headroom.Graph;

namespace Headroom.Runtime.Kernels;

/// <summary>One element to and from double, for kernels whose arithmetic isn't worth a vector. A struct without fields, so that each kernel is compiled for each storage.</summary>
internal unsafe interface IScalar
{
    static abstract double Read(void* data, long i);

    static abstract void Write(void* data, long i, double value);
}

internal readonly unsafe struct Float32Scalar : IScalar
{
    public static double Read(void* data, long i) => ((float*)data)[i];

    public static void Write(void* data, long i, double value) => ((float*)data)[i] = (float)value;
}

internal readonly unsafe struct Float64Scalar : IScalar
{
    public static double Read(void* data, long i) => ((double*)data)[i];

    public static void Write(void* data, long i, double value) => ((double*)data)[i] = value;
}

internal readonly unsafe struct BFloat16Scalar : IScalar
{
    public static double Read(void* data, long i) => BitConverter.UInt32BitsToSingle((uint)((ushort*)data)[i] << 16);

    public static void Write(void* data, long i, double value) => ((ushort*)data)[i] = Numbers.ToBFloat16(value);
}

internal readonly unsafe struct Float16Scalar : IScalar
{
    public static double Read(void* data, long i) => (double)((Half*)data)[i];

    public static void Write(void* data, long i, double value) => ((Half*)data)[i] = (Half)value;
}

internal readonly unsafe struct Int8Scalar : IScalar
{
    public static double Read(void* data, long i) => ((sbyte*)data)[i];

    public static void Write(void* data, long i, double value) => ((sbyte*)data)[i] = (sbyte)value;
}

internal readonly unsafe struct UInt8Scalar : IScalar
{
    public static double Read(void* data, long i) => ((byte*)data)[i];

    public static void Write(void* data, long i, double value) => ((byte*)data)[i] = (byte)value;
}
