using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Execution;

/// <summary>One tensor that outlives the step, in memory of the session's own.</summary>
public sealed unsafe class StateTensor : IDisposable
{
    private readonly NativeBlock _block;

    internal StateTensor(State declaration, Device device)
    {
        Declaration = declaration;
        _block = new NativeBlock(Graph.Passes.ArenaLayout.Align(declaration.Type.Bytes));
        Tensor = Tensor.Wrap(_block.Address, declaration.Type.Shape.Dims, declaration.Type.Element.ToScalarType(), device);
    }

    public State Declaration { get; }

    public TensorType Type => Declaration.Type;

    public string Name => Declaration.Value.Name;

    /// <summary>Its bytes, row-major; valid until the session is disposed.</summary>
    /// <exception cref="OverflowException">More than 2 GiB; use <see cref="Address"/>.</exception>
    public Span<byte> Bytes => new(_block.Address, checked((int)Type.Bytes));

    public byte* Address => _block.Address;

    internal Tensor Tensor { get; }

    internal long Allocated => _block.Bytes;

    /// <summary>A copy on the managed heap, for a file.</summary>
    public TensorData ToData() => new(Type, Bytes.ToArray());

    public void Dispose()
    {
        Tensor.Dispose();
        _block.Dispose();
    }
}
