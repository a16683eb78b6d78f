using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Headroom.Runtime.LibTorch;

/// <summary>One call of an ATen operator by its schema: every argument is pushed in schema order, defaults included; then <see cref="Invoke"/>; then the results.</summary>
/// <remarks>
/// <code>
/// var call = new Dispatcher(MmOut, node);
/// call.Tensor(a).Tensor(b).Tensor(into);
/// call.Invoke(results: 1);
/// call.Drop(0);
/// </code>
/// The ABI carries no <c>Scalar</c>: for those operators see <see cref="Shims"/>. Costs 1 to 2 microseconds. Checks no shapes: a wrong call ends in <see cref="LibTorchException"/>.
/// </remarks>
public unsafe ref struct Dispatcher
{
    const int Depth = 32;
    readonly AtenOperator target;
    readonly string? node;
    Cells stack;
    int count;

    [InlineArray(Depth)]
    struct Cells
    {
        ulong first;
    }

    /// <param name="target">The operator.</param>
    /// <param name="node">The graph node on whose behalf it is called, for the message where it fails.</param>
    public Dispatcher(AtenOperator target, string? node = null)
    {
        this.target = target;
        this.node = node;
        Unsafe.SkipInit(out stack);
        count = 0;
    }

    [UnscopedRef]
    ref Dispatcher Push(ulong cell)
    {
        stack[count++] = cell;
        return ref this;
    }

    /// <summary>An <c>int</c> or <c>SymInt</c>.</summary>
    [UnscopedRef]
    public ref Dispatcher Int(long value) => ref Push((ulong)value);

    /// <summary>A <c>float</c> of the schema, which is a double.</summary>
    [UnscopedRef]
    public ref Dispatcher Double(double value) => ref Push(BitConverter.DoubleToUInt64Bits(value));

    [UnscopedRef]
    public ref Dispatcher Bool(bool value) => ref Push(value ? 1UL : 0);

    [UnscopedRef]
    public ref Dispatcher ScalarType(ScalarType value) => ref Push((ulong)(uint)Library.Code(value));

    [UnscopedRef]
    public ref Dispatcher Device(Device value) => ref Push(((ulong)(uint)value.Type << 32) | (uint)value.Index);

    /// <summary>A tensor; the caller keeps its own handle.</summary>
    [UnscopedRef]
    public ref Dispatcher Tensor(Tensor value) => ref Push((ulong)value.NewHandle());

    /// <summary>A tensor that the call takes over; <paramref name="value"/> is disposed by this.</summary>
    [UnscopedRef]
    public ref Dispatcher Move(Tensor value) => ref Push((ulong)value.Release());

    /// <summary>An optional argument left out, of any type.</summary>
    [UnscopedRef]
    public ref Dispatcher None() => ref Push(0);

    [UnscopedRef]
    public ref Dispatcher OptionalTensor(Tensor? value) => ref (value is null ? ref Push(0) : ref Push(Cell((ulong)value.NewHandle())));

    [UnscopedRef]
    public ref Dispatcher OptionalInt(long? value) => ref (value is null ? ref Push(0) : ref Push(Cell((ulong)value.Value)));

    [UnscopedRef]
    public ref Dispatcher OptionalDouble(double? value) => ref (value is null ? ref Push(0) : ref Push(Cell(BitConverter.DoubleToUInt64Bits(value.Value))));

    [UnscopedRef]
    public ref Dispatcher OptionalBool(bool? value) => ref (value is null ? ref Push(0) : ref Push(Cell(value.Value ? 1UL : 0)));

    [UnscopedRef]
    public ref Dispatcher OptionalScalarType(ScalarType? value) => ref (value is null ? ref Push(0) : ref Push(Cell((ulong)(uint)Library.Code(value.Value))));

    /// <summary>A <c>MemoryFormat?</c>: 0 contiguous, 1 preserve, 2 channels-last.</summary>
    [UnscopedRef]
    public ref Dispatcher OptionalMemoryFormat(int? value) => ref OptionalInt(value);

    /// <summary>An <c>int[]</c> or <c>SymInt[]</c>.</summary>
    [UnscopedRef]
    public ref Dispatcher ListInt(params ReadOnlySpan<long> values) => ref Push((ulong)List(values));

    /// <summary>An <c>int[]?</c> that is there.</summary>
    [UnscopedRef]
    public ref Dispatcher OptionalListInt(params ReadOnlySpan<long> values) => ref Push(Cell((ulong)List(values)));

    /// <summary>A <c>bool[]</c>, such as a gradient mask.</summary>
    [UnscopedRef]
    public ref Dispatcher ListBool(params ReadOnlySpan<bool> values)
    {
        nint list = NewList(values.Length);
        foreach (bool value in values) Append(list, value ? 1UL : 0);
        return ref Push((ulong)list);
    }

    /// <summary>A <c>Tensor[]</c>; the caller keeps its own handles.</summary>
    [UnscopedRef]
    public ref Dispatcher ListTensor(params ReadOnlySpan<Tensor> values)
    {
        nint list = NewList(values.Length);
        foreach (Tensor value in values) Append(list, (ulong)value.NewHandle());
        return ref Push((ulong)list);
    }

    /// <summary>A <c>str</c>, such as gelu's <c>approximate</c>.</summary>
    [UnscopedRef]
    public ref Dispatcher String(string value)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        int length = Encoding.UTF8.GetBytes(value, bytes);
        nint handle;
        fixed (byte* text = bytes) Native.Check(Native.NewString(text, (nuint)length, &handle), "torch_new_string_handle", node);
        return ref Push((ulong)handle);
    }

    /// <summary>Calls the operator. The results then stand at 0 on; each tensor among them must be taken, dropped or disposed.</summary>
    /// <param name="results">How many the schema returns.</param>
    /// <exception cref="LibTorchException">The operator refused.</exception>
    public void Invoke(int results = 1)
    {
        Library.PrepareThread();
        count = results;
        fixed (ulong* cells = &stack[0])
            Native.Check(Native.CallDispatcher(target.Name, target.Overload, cells, Library.SpokenVersion), target.Text, node);
    }

    /// <summary>Calls an operator whose results are its own arguments (<c>.out</c>, <c>_</c>) and lets the returned handles go.</summary>
    public void InvokeInPlace(int results = 1)
    {
        Invoke(results);
        for (int i = 0; i < results; i++) Drop(i);
    }

    /// <summary>Calls an operator of one tensor and takes it.</summary>
    public Tensor InvokeTensor()
    {
        Invoke();
        return TensorAt(0);
    }

    /// <summary>Takes result <paramref name="index"/>; the caller owns it. Null where libtorch left it undefined.</summary>
    public readonly Tensor? OptionalTensorAt(int index) => stack[index] == 0 ? null : LibTorch.Tensor.Own((nint)stack[index]);

    /// <summary>Takes result <paramref name="index"/>; the caller owns it.</summary>
    public readonly Tensor TensorAt(int index) => LibTorch.Tensor.Own((nint)stack[index]);

    /// <summary>Lets result <paramref name="index"/> go.</summary>
    public readonly void Drop(int index)
    {
        if (stack[index] != 0) _ = Native.DeleteTensor((nint)stack[index]);
    }

    public readonly long IntAt(int index) => (long)stack[index];

    public readonly double DoubleAt(int index) => BitConverter.UInt64BitsToDouble(stack[index]);

    /// <summary>Takes a <c>Tensor[]</c> result; the caller owns each.</summary>
    public readonly Tensor[] ListAt(int index)
    {
        nint list = (nint)stack[index];
        nuint length;
        Native.Check(Native.ListSize(list, &length), "torch_list_size", node);
        var result = new Tensor[(int)length];
        for (int i = 0; i < result.Length; i++)
        {
            ulong item;
            Native.Check(Native.GetItem(list, (nuint)i, &item), "torch_list_get_item", node);
            result[i] = LibTorch.Tensor.Own((nint)item);
        }
        Native.Check(Native.DeleteList(list), "torch_delete_list", node);
        return result;
    }

    readonly nint NewList(int length)
    {
        nint list;
        Native.Check(Native.NewList((nuint)length, &list), "torch_new_list_reserve_size", node);
        return list;
    }

    readonly void Append(nint list, ulong cell) => Native.Check(Native.PushBack(list, cell), "torch_list_push_back", node);

    readonly nint List(ReadOnlySpan<long> values)
    {
        nint list = NewList(values.Length);
        foreach (long value in values) Append(list, (ulong)value);
        return list;
    }

    // The callee frees the cell of an optional that is there.
    readonly ulong Cell(ulong value)
    {
        if (Native.NewCell == null) return (ulong)Platform.NewCell(value);
        ulong* cell;
        Native.Check(Native.NewCell(&cell), "torch_new_stable_ivalue", node);
        *cell = value;
        return (ulong)cell;
    }
}
