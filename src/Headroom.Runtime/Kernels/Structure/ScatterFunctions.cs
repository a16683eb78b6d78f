using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>What an update does to an element. A struct without fields, so that each loop is compiled for each function.</summary>
internal interface IScatterFunction
{
    static abstract T Of<T>(T old, T update) where T : unmanaged, INumber<T>;
}

internal readonly struct ReplaceFunction : IScatterFunction
{
    public static T Of<T>(T old, T update) where T : unmanaged, INumber<T> => update;
}

internal readonly struct SumFunction : IScatterFunction
{
    public static T Of<T>(T old, T update) where T : unmanaged, INumber<T> => unchecked(old + update);
}

internal readonly struct ProductFunction : IScatterFunction
{
    public static T Of<T>(T old, T update) where T : unmanaged, INumber<T> => unchecked(old * update);
}

internal readonly struct SmallerFunction : IScatterFunction
{
    public static T Of<T>(T old, T update) where T : unmanaged, INumber<T> => T.Min(old, update);
}

internal readonly struct LargerFunction : IScatterFunction
{
    public static T Of<T>(T old, T update) where T : unmanaged, INumber<T> => T.Max(old, update);
}

/// <summary>How elements are stored.</summary>
internal unsafe interface IScatterStore
{
    static abstract void Apply<TFunction>(void* data, long at, void* updates, long from) where TFunction : struct, IScatterFunction;
}

/// <summary>Types that .NET computes in.</summary>
internal readonly unsafe struct NativeStore<T> : IScatterStore where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<TFunction>(void* data, long at, void* updates, long from) where TFunction : struct, IScatterFunction
        => ((T*)data)[at] = TFunction.Of(((T*)data)[at], ((T*)updates)[from]);
}

internal readonly unsafe struct BFloat16Store : IScatterStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<TFunction>(void* data, long at, void* updates, long from) where TFunction : struct, IScatterFunction
        => BF16.Set(data, at, TFunction.Of(BF16.Get(data, at), BF16.Get(updates, from)));
}

/// <summary>Something to be run for the storage and the function that are found out at run time.</summary>
internal interface IScatterBody
{
    void Run<TStore, TFunction>() where TStore : struct, IScatterStore where TFunction : struct, IScatterFunction;
}

internal static class Scatters
{
    public static void Run<TBody>(TBody body, ElementType element, ScatterReduction reduction) where TBody : IScatterBody
    {
        // Bools are 0 and 1: or is the larger one, and the smaller one.
        if (element == ElementType.Bool)
            reduction = reduction switch { ScatterReduction.Add => ScatterReduction.Max, ScatterReduction.Mul => ScatterReduction.Min, _ => reduction };
        switch (element)
        {
            case ElementType.Float32: Run<TBody, NativeStore<float>>(body, reduction); break;
            case ElementType.Float64: Run<TBody, NativeStore<double>>(body, reduction); break;
            case ElementType.Float16: Run<TBody, NativeStore<Half>>(body, reduction); break;
            case ElementType.BFloat16: Run<TBody, BFloat16Store>(body, reduction); break;
            case ElementType.Int64: Run<TBody, NativeStore<long>>(body, reduction); break;
            case ElementType.Int32: Run<TBody, NativeStore<int>>(body, reduction); break;
            case ElementType.Int8: Run<TBody, NativeStore<sbyte>>(body, reduction); break;
            default: Run<TBody, NativeStore<byte>>(body, reduction); break;
        }
    }

    private static void Run<TBody, TStore>(TBody body, ScatterReduction reduction) where TBody : IScatterBody where TStore : struct, IScatterStore
    {
        switch (reduction)
        {
            case ScatterReduction.None: body.Run<TStore, ReplaceFunction>(); break;
            case ScatterReduction.Add: body.Run<TStore, SumFunction>(); break;
            case ScatterReduction.Mul: body.Run<TStore, ProductFunction>(); break;
            case ScatterReduction.Min: body.Run<TStore, SmallerFunction>(); break;
            default: body.Run<TStore, LargerFunction>(); break;
        }
    }
}

/// <summary>The two inputs of a scatter that lie in memory: the data, copied to the output first, and the updates.</summary>
internal readonly unsafe ref struct ScatterBuffers
{
    private readonly void* _copy;

    public ScatterBuffers(KernelContext c, int updates)
    {
        Data = c.Out<byte>(0);
        Updates = c.In<byte>(updates);
        long bytes = c.Signature.Input(updates).Bytes;
        // Where data and updates are one value, and the result may lie over it, the updates are read while they change.
        if (Updates == Data && bytes > 0)
        {
            _copy = System.Runtime.InteropServices.NativeMemory.Alloc((nuint)bytes);
            Buffer.MemoryCopy(Updates, _copy, bytes, bytes);
            Updates = (byte*)_copy;
        }
        if (c.In<byte>(0) != Data) c.Output(0).CopyFrom(c.Input(0), node: c.Node.Name);
    }

    public byte* Data { get; }

    public byte* Updates { get; }

    public void Dispose() => System.Runtime.InteropServices.NativeMemory.Free(_copy);
}
