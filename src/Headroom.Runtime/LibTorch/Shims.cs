using System.Runtime.InteropServices;

namespace Headroom.Runtime.LibTorch;

/// <summary>libtorch's typed entry points for one kind of device (<c>aoti_torch_cpu_*</c>, <c>aoti_torch_cuda_*</c>): the operators whose <c>Scalar</c> arguments the dispatcher's stack cannot carry,
/// and the products, which are cheaper this way (no list, no string, no handle to move).</summary>
/// <remarks>A missing entry point shows when it is called, named, not at load: CUDA's table is not the processor's.</remarks>
public sealed unsafe class Shims
{
    static readonly Shims?[] Tables = new Shims?[2];
    readonly string prefix;
    readonly nint library;
    readonly delegate* unmanaged<nint, nint, nint, nint, double, double, int> addmmOut, baddbmmOut;
    readonly delegate* unmanaged<nint, nint, nint, int> mmOut, bmmOut;
    readonly delegate* unmanaged<nint, nint, double, nint*, int> addTensor;
    readonly delegate* unmanaged<nint, double, nint*, int> mulScalar, powScalar;
    readonly delegate* unmanaged<nint, double, double, nint*, int> addScalar;
    readonly delegate* unmanaged<nint, double, int> fillScalar;

    Shims(DeviceType type)
    {
        prefix = type == DeviceType.Cpu ? "aoti_torch_cpu_" : "aoti_torch_cuda_";
        library = type == DeviceType.Cpu ? Library.Handle : Library.CudaHandle;
        addmmOut = (delegate* unmanaged<nint, nint, nint, nint, double, double, int>)Find("addmm_out");
        baddbmmOut = (delegate* unmanaged<nint, nint, nint, nint, double, double, int>)Find("baddbmm_out");
        mmOut = (delegate* unmanaged<nint, nint, nint, int>)Find("mm_out");
        bmmOut = (delegate* unmanaged<nint, nint, nint, int>)Find("bmm_out");
        addTensor = (delegate* unmanaged<nint, nint, double, nint*, int>)Find("add_Tensor");
        addScalar = (delegate* unmanaged<nint, double, double, nint*, int>)Find("add_Scalar");
        mulScalar = (delegate* unmanaged<nint, double, nint*, int>)Find("mul_Scalar");
        powScalar = (delegate* unmanaged<nint, double, nint*, int>)Find("pow_Tensor_Scalar");
        fillScalar = (delegate* unmanaged<nint, double, int>)Find("fill__Scalar");
    }

    /// <summary>The table of a device.</summary>
    public static Shims For(Device device) => Tables[(int)device.Type] ??= new Shims(device.Type);

    /// <summary><c>into[m, n] = left[m, k] · right[k, n]</c>; operands may be transposed views.</summary>
    public void MmOut(Tensor into, Tensor left, Tensor right, string? node = null)
        => Check(mmOut == null ? -1 : mmOut(into.Handle, left.Handle, right.Handle), "mm_out", node);

    /// <summary><c>into[b, m, n] = left[b, m, k] · right[b, k, n]</c>.</summary>
    public void BmmOut(Tensor into, Tensor left, Tensor right, string? node = null)
        => Check(bmmOut == null ? -1 : bmmOut(into.Handle, left.Handle, right.Handle), "bmm_out", node);

    /// <summary><c>into = beta · addend + alpha · left · right</c>; the addend may be a bias <c>[n]</c>, or <paramref name="into"/> itself to accumulate.</summary>
    public void AddmmOut(Tensor into, Tensor addend, Tensor left, Tensor right, double beta = 1, double alpha = 1, string? node = null)
        => Check(addmmOut == null ? -1 : addmmOut(into.Handle, addend.Handle, left.Handle, right.Handle, beta, alpha), "addmm_out", node);

    /// <summary><c>into = beta · addend + alpha · left · right</c>, batched.</summary>
    public void BaddbmmOut(Tensor into, Tensor addend, Tensor left, Tensor right, double beta = 1, double alpha = 1, string? node = null)
        => Check(baddbmmOut == null ? -1 : baddbmmOut(into.Handle, addend.Handle, left.Handle, right.Handle, beta, alpha), "baddbmm_out", node);

    /// <summary>A new tensor <c>left + alpha · right</c>, broadcast.</summary>
    public Tensor Add(Tensor left, Tensor right, double alpha = 1, string? node = null)
    {
        nint result = 0;
        Check(addTensor == null ? -1 : addTensor(left.Handle, right.Handle, alpha, &result), "add_Tensor", node);
        return Tensor.Own(result);
    }

    /// <summary>A new tensor <c>left + value</c>.</summary>
    public Tensor Add(Tensor left, double value, string? node = null)
    {
        nint result = 0;
        Check(addScalar == null ? -1 : addScalar(left.Handle, value, 1, &result), "add_Scalar", node);
        return Tensor.Own(result);
    }

    /// <summary>A new tensor <c>left · value</c>.</summary>
    public Tensor Multiply(Tensor left, double value, string? node = null)
    {
        nint result = 0;
        Check(mulScalar == null ? -1 : mulScalar(left.Handle, value, &result), "mul_Scalar", node);
        return Tensor.Own(result);
    }

    /// <summary>A new tensor <c>left</c> to the power <c>exponent</c>.</summary>
    public Tensor Power(Tensor left, double exponent, string? node = null)
    {
        nint result = 0;
        Check(powScalar == null ? -1 : powScalar(left.Handle, exponent, &result), "pow_Tensor_Scalar", node);
        return Tensor.Own(result);
    }

    /// <summary>Sets every element.</summary>
    public void Fill(Tensor into, double value, string? node = null)
        => Check(fillScalar == null ? -1 : fillScalar(into.Handle, value), "fill__Scalar", node);

    void* Find(string name) => library != 0 && NativeLibrary.TryGetExport(library, prefix + name, out nint address) ? (void*)address : null;

    void Check(int code, string name, string? node)
    {
        if (code == 0) return;
        Native.Check(code, prefix + name, node);
    }
}
