namespace Headroom.Runtime.LibTorch;

/// <summary>An owned handle of a libtorch tensor: a view of memory that is ours (<see cref="Wrap(void*, ReadOnlySpan{long}, ReadOnlySpan{long}, ScalarType, Device)"/>) or libtorch's.</summary>
/// <remarks>Disposed by whoever made it; there is no finalizer, so <see cref="Live"/> tells what was forgotten. Not safe for two threads at once.</remarks>
public sealed unsafe class Tensor : IDisposable
{
    static long live;
    nint handle;

    Tensor(nint handle)
    {
        this.handle = handle;
        Interlocked.Increment(ref live);
    }

    /// <summary>How many tensors of the process are not yet disposed.</summary>
    public static long Live => Interlocked.Read(ref live);

    /// <summary>The handle itself, still owned by this object.</summary>
    /// <exception cref="ObjectDisposedException"/>
    public nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <summary>Takes ownership of a handle that libtorch returned.</summary>
    public static Tensor Own(nint handle) => new(handle);

    /// <summary>A contiguous (row-major) tensor over memory that outlives it; nothing is copied.</summary>
    public static Tensor Wrap(void* data, ReadOnlySpan<long> shape, ScalarType type, Device device)
    {
        Span<long> strides = stackalloc long[shape.Length];
        Contiguous(shape, strides);
        return Wrap(data, shape, strides, type, device);
    }

    /// <summary>A tensor over memory that outlives it; nothing is copied. Strides count elements.</summary>
    public static Tensor Wrap(void* data, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, ScalarType type, Device device)
    {
        nint result;
        fixed (long* sizes = shape, steps = strides)
            Native.Check(Native.FromBlob(data, shape.Length, sizes, steps, 0, Library.Code(type), (int)device.Type, device.Index, &result), "aoti_torch_create_tensor_from_blob");
        return new Tensor(result);
    }

    /// <summary>A new contiguous tensor whose memory libtorch allocates; its values are whatever was there.</summary>
    public static Tensor Empty(ReadOnlySpan<long> shape, ScalarType type, Device device)
    {
        Span<long> strides = stackalloc long[shape.Length];
        Contiguous(shape, strides);
        return Empty(shape, strides, type, device);
    }

    /// <summary>A new tensor whose memory libtorch allocates; its values are whatever was there. Strides count elements.</summary>
    public static Tensor Empty(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, ScalarType type, Device device)
    {
        nint result;
        fixed (long* sizes = shape, steps = strides)
            Native.Check(Native.EmptyStrided(shape.Length, sizes, steps, Library.Code(type), (int)device.Type, device.Index, &result), "aoti_torch_empty_strided");
        return new Tensor(result);
    }

    /// <summary>Another view of the same memory; offset and strides count elements, the offset from the start of the storage.</summary>
    public Tensor View(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, long storageOffset = 0)
    {
        nint result;
        fixed (long* sizes = shape, steps = strides)
            Native.Check(Native.Reinterpret(Handle, shape.Length, sizes, steps, storageOffset, &result), "aoti_torch__reinterpret_tensor");
        return new Tensor(result);
    }

    /// <summary>The same memory, contiguous, in another shape.</summary>
    public Tensor View(ReadOnlySpan<long> shape)
    {
        Span<long> strides = stackalloc long[shape.Length];
        Contiguous(shape, strides);
        return View(shape, strides, StorageOffset);
    }

    /// <summary>The matrix <c>[m, n]</c> seen as <c>[n, m]</c>; nothing is copied.</summary>
    public Tensor Transposed()
    {
        ReadOnlySpan<long> sizes = Sizes, strides = Strides;
        if (sizes.Length < 2) throw new InvalidOperationException("only a tensor of rank 2 or more has a transpose");
        Span<long> newSizes = stackalloc long[sizes.Length], newStrides = stackalloc long[sizes.Length];
        sizes.CopyTo(newSizes);
        strides.CopyTo(newStrides);
        (newSizes[^1], newSizes[^2]) = (newSizes[^2], newSizes[^1]);
        (newStrides[^1], newStrides[^2]) = (newStrides[^2], newStrides[^1]);
        return View(newSizes, newStrides, StorageOffset);
    }

    /// <summary>A second handle of the same tensor.</summary>
    public Tensor Share() => new(NewHandle());

    /// <summary>A new handle that is not counted and not owned by any object: to be moved into a call.</summary>
    internal nint NewHandle()
    {
        nint result;
        Native.Check(Native.NewHandle(Handle, &result), "aoti_torch_new_tensor_handle");
        return result;
    }

    /// <summary>Gives the handle away, to be deleted by the taker; this object is disposed by that.</summary>
    internal nint Release()
    {
        nint result = Handle;
        handle = 0;
        Interlocked.Decrement(ref live);
        return result;
    }

    /// <summary>The address of the first element.</summary>
    public void* Data
    {
        get
        {
            void* result;
            Native.Check(Native.DataPointer(Handle, &result), "aoti_torch_get_data_ptr");
            return result;
        }
    }

    public int Rank
    {
        get
        {
            long result;
            Native.Check(Native.Rank(Handle, &result), "aoti_torch_get_dim");
            return (int)result;
        }
    }

    public long Elements
    {
        get
        {
            long result;
            Native.Check(Native.Elements(Handle, &result), "aoti_torch_get_numel");
            return result;
        }
    }

    /// <summary>The sizes; they belong to the tensor and end with it.</summary>
    public ReadOnlySpan<long> Sizes
    {
        get
        {
            long* result;
            Native.Check(Native.Sizes(Handle, &result), "aoti_torch_get_sizes");
            return new ReadOnlySpan<long>(result, Rank);
        }
    }

    /// <summary>The strides in elements; they belong to the tensor and end with it.</summary>
    public ReadOnlySpan<long> Strides
    {
        get
        {
            long* result;
            Native.Check(Native.Strides(Handle, &result), "aoti_torch_get_strides");
            return new ReadOnlySpan<long>(result, Rank);
        }
    }

    /// <summary>Elements between the storage's start and this view's first element.</summary>
    public long StorageOffset
    {
        get
        {
            long result;
            Native.Check(Native.StorageOffset(Handle, &result), "aoti_torch_get_storage_offset");
            return result;
        }
    }

    public ScalarType ScalarType
    {
        get
        {
            int result;
            Native.Check(Native.Type(Handle, &result), "aoti_torch_get_dtype");
            return Library.Type(result);
        }
    }

    public Device Device
    {
        get
        {
            int kind, index;
            Native.Check(Native.DeviceKind(Handle, &kind), "aoti_torch_get_device_type");
            Native.Check(Native.DeviceIndex(Handle, &index), "aoti_torch_get_device_index");
            return new Device((DeviceType)kind, Math.Max(index, 0));
        }
    }

    /// <summary>Copies values from a tensor of the same (or a broadcastable) shape; element type, strides and device may differ.</summary>
    public void CopyFrom(Tensor source, bool nonBlocking = false, string? node = null)
        => Native.Check(Native.Copy(Handle, source.Handle, nonBlocking ? 1 : 0), "aoti_torch_copy_", node);

    /// <summary>Sets every element to zero.</summary>
    public void Zero(string? node = null) => Native.Check(Native.Zero(Handle), "aoti_torch_zero_", node);

    /// <summary>The elements of a contiguous tensor on the processor.</summary>
    public Span<T> Span<T>() where T : unmanaged => new(Data, checked((int)Elements));

    public void Dispose()
    {
        if (handle == 0) return;
        nint doomed = handle;
        handle = 0;
        Interlocked.Decrement(ref live);
        _ = Native.DeleteTensor(doomed);
    }

    /// <summary>Row-major strides of a shape, in elements.</summary>
    public static void Contiguous(ReadOnlySpan<long> shape, Span<long> strides)
    {
        long step = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(shape[i], 1);
        }
    }
}
