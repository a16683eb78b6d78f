using System.Text;

namespace Headroom.Runtime.LibTorch;

/// <summary>The schema name of an ATen operator, encoded once: <c>new AtenOperator("aten::mm", "out")</c>. Keep it in a static field.</summary>
public sealed unsafe class AtenOperator
{
    readonly byte[] name, overload;

    /// <param name="name">With its namespace, <c>aten::native_layer_norm</c>.</param>
    /// <param name="overload">The overload, empty where the schema has none: <c>out</c>, <c>Tensor</c>.</param>
    public AtenOperator(string name, string overload = "")
    {
        // Pinned and zero-terminated: their addresses are handed out for as long as the process lives.
        this.name = Pinned(name);
        this.overload = Pinned(overload);
        Text = overload.Length == 0 ? name : name + "." + overload;
    }

    /// <summary>The name as libtorch prints it: <c>aten::mm.out</c>.</summary>
    public string Text { get; }

    internal byte* Name => Address(name);

    internal byte* Overload => Address(overload);

    static byte* Address(byte[] pinned) => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref pinned[0]);

    static byte[] Pinned(string text)
    {
        byte[] bytes = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(text) + 1, pinned: true);
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
