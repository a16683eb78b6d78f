using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>Where a recurrent layer's working tensors stand, in the type that it computes in; null where the graph's own tensor serves. Made twice by the same arithmetic: to count the bytes, and to place them.</summary>
internal readonly unsafe struct RecurrentSpace
{
    public readonly RecurrentShape Shape;
    public readonly ScalarType Compute;
    public readonly int Size;
    public readonly long Bytes;

    /// <summary>Whether the graph's tensors are of another type.</summary>
    public readonly bool Converts;

    /// <summary>Inputs: X by time, weights, biases, initial states <c>[directions, batch, hidden]</c>, peepholes.</summary>
    public readonly byte* X, W, R, B, H, C, P;

    /// <summary>What a forward pass keeps.</summary>
    public readonly byte* Kept;

    /// <summary>Gradients by the inputs.</summary>
    public readonly byte* DX, DW, DR, DB, DP;

    /// <summary>The gradient of all states; of the sums before the gates, by time; of a GRU's inner product; of the states of one step.</summary>
    public readonly byte* DY, DSums, DInner, DH, Carry, DC;

    public RecurrentSpace(RecurrentOperator op, Signature s, byte* at, bool backward)
    {
        RecurrentShape r = Shape = op.ShapeOf(s);
        ElementType compute = RecurrentOperator.Compute(s.Input(0).Element);
        Compute = compute.ToScalarType();
        int size = Size = compute.Size();
        bool converts = Converts = compute != s.Input(0).Element, turned = op.BatchFirst && r.Directions > 1;
        long used = 0, gates = op.Gates * r.Hidden, state = r.Directions * r.Batch * r.Hidden;
        byte* Take(bool wanted, long elements)
        {
            if (!wanted) return null;
            byte* taken = at + used;
            used += (elements * size + 63) / 64 * 64;
            return taken;
        }
        X = Take(converts || op.BatchFirst, r.Rows * r.Input);
        W = Take(converts, r.Directions * gates * r.Input);
        R = Take(converts, r.Directions * gates * r.Hidden);
        B = Take(converts || !s.Has(3), r.Directions * 2 * gates);
        H = Take(converts || turned || !s.Has(5), state);
        C = Take(op.States > 1 && (converts || turned || !s.Has(6)), state);
        P = Take(op.States > 1 && converts && s.Has(7), r.Directions * 3 * r.Hidden);
        Kept = Take(!backward && !s.Wants(op.KeptOutput), r.Directions * r.Rows * op.Kept * r.Hidden);
        DX = Take(backward && (converts || op.BatchFirst), r.Rows * r.Input);
        DW = Take(backward && converts, r.Directions * gates * r.Input);
        DR = Take(backward && converts, r.Directions * gates * r.Hidden);
        DB = Take(backward && converts, r.Directions * 2 * gates);
        DP = Take(backward && converts, r.Directions * 3 * r.Hidden);
        DY = Take(backward && converts, r.Directions * r.Rows * r.Hidden);
        DSums = Take(backward, r.Rows * gates);
        DInner = Take(backward && op.Gates == 3, r.Rows * r.Hidden);
        DH = Take(backward, r.Batch * r.Hidden);
        Carry = Take(backward, r.Batch * r.Hidden);
        DC = Take(backward && op.States > 1, r.Batch * r.Hidden);
        Bytes = used;
    }
}
