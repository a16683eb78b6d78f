using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>Tensors in the type that a normalization computes in: where they stand if they are of it, else converted in the workspace.</summary>
internal static unsafe class Parameters
{
    /// <summary>An input as <paramref name="shape"/> (to which it is broadcast) in <paramref name="computed"/>; moves the workspace on by what it takes.</summary>
    public static void* In(KernelContext c, int input, Shape shape, ElementType computed, ref byte* workspace)
    {
        if (!c.Has(input)) return null;
        Tensor tensor = c.Input(input);
        if (c.Signature.Input(input).Element == computed && c.Signature.Input(input).Elements == shape.Elements) return tensor.Data;
        void* at = workspace;
        workspace += Lanes.Room(shape.Elements, computed);
        if (shape.Elements == 0) return at;
        using Tensor target = Tensor.Wrap(at, shape.Dims, computed.ToScalarType(), c.Device);
        target.CopyFrom(tensor, node: c.Node.Name);
        return at;
    }

    /// <summary>Where an output is to be computed: in place if it is of the computed type, else in the workspace; null where it is unwanted.</summary>
    public static void* Out(KernelContext c, int output, ElementType computed, ref byte* workspace)
    {
        if (!c.Wants(output)) return null;
        if (c.Signature.Output(output).Element == computed) return c.Output(output).Data;
        void* at = workspace;
        workspace += Lanes.Room(c.Signature.Output(output).Elements, computed);
        return at;
    }

    /// <summary>Rounds to the output's type what <see cref="Out"/> put into the workspace.</summary>
    public static void Finish(KernelContext c, int output, void* from, ElementType computed)
    {
        if (from == null || c.Signature.Output(output).Element == computed || c.Signature.Output(output).Elements == 0) return;
        using Tensor source = Tensor.Wrap(from, c.Signature.Output(output).Shape.Dims, computed.ToScalarType(), c.Device);
        c.Output(output).CopyFrom(source, node: c.Node.Name);
    }

    /// <summary>Room for any of these in the computed type.</summary>
    public static long Room(ElementType computed, params ReadOnlySpan<long> counts)
    {
        long bytes = 0;
        foreach (long count in counts) bytes += Lanes.Room(count, computed);
        return bytes;
    }
}
