using System.Runtime.InteropServices;

namespace Headroom.Runtime.LibTorch;

/// <summary>libtorch's C entry points (<c>torch/csrc/stable/c/shim.h</c>, <c>torch/csrc/inductor/aoti_torch/c/shim.h</c>), resolved once at load.</summary>
/// <remarks>Each returns 0, or an error code. Handles are <c>nint</c>; sizes and strides are counted in elements.</remarks>
internal static unsafe class Native
{
    public static delegate* unmanaged<byte*, byte*, ulong*, ulong, int> CallDispatcher;
    public static delegate* unmanaged<nint, int> DeleteTensor;
    public static delegate* unmanaged<nint, nint*, int> NewHandle;
    public static delegate* unmanaged<void*, long, long*, long*, long, int, int, int, nint*, int> FromBlob;
    public static delegate* unmanaged<nint, long, long*, long*, long, nint*, int> Reinterpret;
    public static delegate* unmanaged<long, long*, long*, int, int, int, nint*, int> EmptyStrided;
    public static delegate* unmanaged<nint, nint, int, int> Copy;
    public static delegate* unmanaged<nint, void**, int> DataPointer;
    public static delegate* unmanaged<nint, long*, int> Rank;
    public static delegate* unmanaged<nint, long*, int> Elements;
    public static delegate* unmanaged<nint, long**, int> Sizes;
    public static delegate* unmanaged<nint, long**, int> Strides;
    public static delegate* unmanaged<nint, int*, int> Type;
    public static delegate* unmanaged<nint, int*, int> DeviceKind;
    public static delegate* unmanaged<nint, int*, int> DeviceIndex;
    public static delegate* unmanaged<nint, long*, int> StorageOffset;
    public static delegate* unmanaged<nint, int> Zero;
    public static delegate* unmanaged<nuint, nint*, int> NewList;
    public static delegate* unmanaged<nint, ulong, int> PushBack;
    public static delegate* unmanaged<nint, nuint, ulong*, int> GetItem;
    public static delegate* unmanaged<nint, nuint*, int> ListSize;
    public static delegate* unmanaged<nint, int> DeleteList;
    public static delegate* unmanaged<byte*, nuint, nint*, int> NewString;
    public static delegate* unmanaged<long, long, long, delegate* unmanaged<long, long, void*, void>, void*, int> ParallelFor;
    public static delegate* unmanaged<uint*, int> ThreadCount;
    public static delegate* unmanaged<byte, void> SetGradMode;

    // Where the library is young enough; null in 2.10.
    public static delegate* unmanaged<ulong**, int> NewCell;
    public static delegate* unmanaged<byte*> What;

    public static void Resolve(nint library)
    {
        void* Symbol(string name) => (void*)NativeLibrary.GetExport(library, name);
        void* Optional(string name) => NativeLibrary.TryGetExport(library, name, out nint address) ? (void*)address : null;
        CallDispatcher = (delegate* unmanaged<byte*, byte*, ulong*, ulong, int>)Symbol("torch_call_dispatcher");
        DeleteTensor = (delegate* unmanaged<nint, int>)Symbol("aoti_torch_delete_tensor_object");
        NewHandle = (delegate* unmanaged<nint, nint*, int>)Symbol("aoti_torch_new_tensor_handle");
        FromBlob = (delegate* unmanaged<void*, long, long*, long*, long, int, int, int, nint*, int>)Symbol("aoti_torch_create_tensor_from_blob");
        Reinterpret = (delegate* unmanaged<nint, long, long*, long*, long, nint*, int>)Symbol("aoti_torch__reinterpret_tensor");
        EmptyStrided = (delegate* unmanaged<long, long*, long*, int, int, int, nint*, int>)Symbol("aoti_torch_empty_strided");
        Copy = (delegate* unmanaged<nint, nint, int, int>)Symbol("aoti_torch_copy_");
        DataPointer = (delegate* unmanaged<nint, void**, int>)Symbol("aoti_torch_get_data_ptr");
        Rank = (delegate* unmanaged<nint, long*, int>)Symbol("aoti_torch_get_dim");
        Elements = (delegate* unmanaged<nint, long*, int>)Symbol("aoti_torch_get_numel");
        Sizes = (delegate* unmanaged<nint, long**, int>)Symbol("aoti_torch_get_sizes");
        Strides = (delegate* unmanaged<nint, long**, int>)Symbol("aoti_torch_get_strides");
        Type = (delegate* unmanaged<nint, int*, int>)Symbol("aoti_torch_get_dtype");
        DeviceKind = (delegate* unmanaged<nint, int*, int>)Symbol("aoti_torch_get_device_type");
        DeviceIndex = (delegate* unmanaged<nint, int*, int>)Symbol("aoti_torch_get_device_index");
        StorageOffset = (delegate* unmanaged<nint, long*, int>)Symbol("aoti_torch_get_storage_offset");
        Zero = (delegate* unmanaged<nint, int>)Symbol("aoti_torch_zero_");
        NewList = (delegate* unmanaged<nuint, nint*, int>)Symbol("torch_new_list_reserve_size");
        PushBack = (delegate* unmanaged<nint, ulong, int>)Symbol("torch_list_push_back");
        GetItem = (delegate* unmanaged<nint, nuint, ulong*, int>)Symbol("torch_list_get_item");
        ListSize = (delegate* unmanaged<nint, nuint*, int>)Symbol("torch_list_size");
        DeleteList = (delegate* unmanaged<nint, int>)Symbol("torch_delete_list");
        NewString = (delegate* unmanaged<byte*, nuint, nint*, int>)Symbol("torch_new_string_handle");
        ParallelFor = (delegate* unmanaged<long, long, long, delegate* unmanaged<long, long, void*, void>, void*, int>)Symbol("torch_parallel_for");
        ThreadCount = (delegate* unmanaged<uint*, int>)Symbol("torch_get_num_threads");
        SetGradMode = (delegate* unmanaged<byte, void>)Symbol("aoti_torch_grad_mode_set_enabled");
        NewCell = (delegate* unmanaged<ulong**, int>)Optional("torch_new_stable_ivalue");
        What = (delegate* unmanaged<byte*>)Optional("torch_exception_get_what_without_backtrace");
    }

    /// <summary>The one error path: throws where <paramref name="code"/> is not 0.</summary>
    public static void Check(int code, string operatorName, string? node = null)
    {
        if (code != 0) Fail(operatorName, node);
    }

    static void Fail(string operatorName, string? node)
        => throw new LibTorchException(operatorName, node, What == null ? null : Marshal.PtrToStringUTF8((nint)What()));
}
