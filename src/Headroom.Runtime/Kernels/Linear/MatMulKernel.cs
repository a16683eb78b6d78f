using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>
/// One product where the right operand is a matrix and the left one's leading axes can be seen as rows; else batched products over as many leading axes as can be seen as one, the outer ones in a loop.
/// Operands are taken with the strides that they have.
/// </summary>
internal sealed class MatMulKernel : Kernel<MatMul>
{
    protected override void Run(MatMul op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        var a = new Operand(c.Input(0), left: true);
        var b = new Operand(c.Input(1), left: false);
        int lead = Math.Max(a.Lead, b.Lead);
        long[] extents = new long[lead];
        for (int i = 0; i < lead; i++) extents[i] = Math.Max(a.Extent(i, lead), b.Extent(i, lead));
        long m = a.Rows, k = a.Columns, n = b.Columns;
        Tensor y = c.Output(0);

        // How many of the inner leading axes each operand can be seen to run through in one stride.
        if (b.Lead == 0 && a.RowStep(out long rowStep))
        {
            long rows = m;
            foreach (long e in extents) rows *= e;
            using Tensor left = a.Tensor.View([rows, k], [rowStep, a.ColumnStride], a.Tensor.StorageOffset);
            using Tensor right = b.Tensor.View([k, n], [b.RowStride, b.ColumnStride], b.Tensor.StorageOffset);
            using Tensor into = y.View([rows, n]);
            FloatProducts.Run(into, left, right, null, c);
            return;
        }
        int first = lead;
        long batch = 1, stepA = 0, stepB = 0;
        for (int i = lead - 1; i >= 0; i--)
        {
            long sa = a.Stride(i, lead), sb = b.Stride(i, lead);
            if (extents[i] == 1) { }
            else if (batch == 1) (stepA, stepB) = (sa, sb);
            else if (sa != stepA * batch || sb != stepB * batch) break;
            batch *= extents[i];
            first = i;
        }
        long loops = 1;
        for (int i = 0; i < first; i++) loops *= extents[i];
        for (long loop = 0; loop < loops; loop++)
        {
            long rest = loop, atA = 0, atB = 0;
            for (int i = first - 1; i >= 0; i--)
            {
                atA += rest % extents[i] * a.Stride(i, lead);
                atB += rest % extents[i] * b.Stride(i, lead);
                rest /= extents[i];
            }
            using Tensor left = a.Tensor.View([batch, m, k], [stepA, a.RowStride, a.ColumnStride], a.Tensor.StorageOffset + atA);
            using Tensor right = b.Tensor.View([batch, k, n], [stepB, b.RowStride, b.ColumnStride], b.Tensor.StorageOffset + atB);
            using Tensor into = y.View([batch, m, n], [m * n, n, 1], y.StorageOffset + loop * batch * m * n);
            c.Shims.BmmOut(into, left, right, c.Node.Name);
        }
    }

    /// <summary>An operand as a stack of matrices; a vector is one row (left) or one column (right).</summary>
    private readonly struct Operand
    {
        private readonly long[] _sizes, _strides;

        public Operand(Tensor tensor, bool left)
        {
            Tensor = tensor;
            _sizes = tensor.Sizes.ToArray();
            _strides = tensor.Strides.ToArray();
            if (_sizes.Length != 1) return;
            (_sizes, _strides) = left ? ([1, _sizes[0]], [_sizes[0] * _strides[0], _strides[0]]) : (new[] { _sizes[0], 1 }, new[] { _strides[0], 1 });
        }

        public Tensor Tensor { get; }

        public int Lead => _sizes.Length - 2;

        public long Rows => _sizes[^2];

        public long Columns => _sizes[^1];

        public long RowStride => _strides[^2];

        public long ColumnStride => _strides[^1];

        public long Extent(int axis, int lead) => axis < lead - Lead ? 1 : _sizes[axis - lead + Lead];

        /// <summary>0 where the operand is broadcast.</summary>
        public long Stride(int axis, int lead) => axis < lead - Lead || _sizes[axis - lead + Lead] == 1 ? 0 : _strides[axis - lead + Lead];

        /// <summary>Whether all rows of all matrices are one stride apart.</summary>
        public bool RowStep(out long step)
        {
            step = 0;
            long run = 1;
            for (int i = _sizes.Length - 2; i >= 0; i--)
            {
                if (_sizes[i] == 1) continue;
                if (run == 1) step = _strides[i];
                else if (_strides[i] != step * run) return false;
                run *= _sizes[i];
            }
            if (run == 1) step = Columns;
            return true;
        }
    }
}
