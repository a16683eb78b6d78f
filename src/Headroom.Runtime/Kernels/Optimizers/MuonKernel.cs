using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Optimizers;

/// <summary>Passes of our own over the matrix, libtorch's products between them, in the plan's working space.</summary>
internal sealed unsafe class MuonKernel : Kernel<Muon>
{
    /// <summary>Two of the matrix's size, the iteration's two small squares, and the norm's sums.</summary>
    protected override long Workspace(Muon op, Signature s)
    {
        (long elements, long small) = Sizes(s);
        return sizeof(double) * MuonPasses.Chunks(elements) + sizeof(float) * (2 * Padded(elements) + 2 * Padded(small * small));
    }

    protected override void Run(Muon op, KernelContext c)
    {
        float* weight = InPlace.State(c, 0, 0), momentum = InPlace.State(c, 1, 2);
        (long elements, long small) = Sizes(c.Signature);
        if (elements == 0) return;
        float* x = (float*)c.Workspace, y = x + Padded(elements), gram = y + Padded(elements), square = gram + Padded(small * small);
        var sums = (double*)(square + Padded(small * small));
        double norm = MuonPasses.Gather(x, momentum, c.In<byte>(1), c.Input(1).ScalarType, elements, sums, op.Momentum, op.Nesterov, c.Has(4) ? c.Scalar<float>(4) : 1);
        MuonPasses.Combine(x, x, elements, (float)(1 / (norm + 1e-7)), 0);
        Shape shape = c.Signature.Input(0).Shape;
        for (int i = 0; i < Muon.Iterations; i++)
        {
            Step(c, x, y, gram, square, shape[0], shape[1]);
            float* last = x;
            x = y;
            y = last;
        }
        double rate = c.Scalar<float>(3);
        MuonPasses.Combine(weight, x, elements, (float)(1 - rate * op.WeightDecay), (float)(-rate * Muon.Size * Math.Sqrt(Math.Max(shape[0], shape[1]))));
    }

    /// <summary><c>y = a x + (b A + c A²) x</c>, <c>A = x xᵀ</c>; of a tall matrix the same from the right, <c>A = xᵀ x</c>.</summary>
    private static void Step(KernelContext c, float* x, float* y, float* gram, float* square, long rows, long columns)
    {
        long small = Math.Min(rows, columns);
        using Tensor from = Wrap(c, x, rows, columns), turned = from.Transposed(), to = Wrap(c, y, rows, columns), a = Wrap(c, gram, small, small), b = Wrap(c, square, small, small);
        bool wide = rows <= columns;
        c.Shims.MmOut(a, wide ? from : turned, wide ? turned : from, c.Node.Name);
        c.Shims.MmOut(b, a, a, c.Node.Name);
        MuonPasses.Combine(square, gram, small * small, (float)Muon.C, (float)Muon.B);
        c.Shims.MmOut(to, wide ? b : from, wide ? from : b, c.Node.Name);
        MuonPasses.Combine(y, x, rows * columns, 1, (float)Muon.A);
    }

    private static Tensor Wrap(KernelContext c, float* data, long rows, long columns) => Tensor.Wrap(data, [rows, columns], ScalarType.Float32, c.Device);

    private static (long Elements, long Small) Sizes(Signature s) => (s.Input(0).Elements, Math.Min(s.Input(0).Shape[0], s.Input(0).Shape[1]));

    /// <summary>Whole cache lines.</summary>
    private static long Padded(long floats) => (floats + 15) / 16 * 16;
}
