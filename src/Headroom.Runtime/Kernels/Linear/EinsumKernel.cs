using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Reduce;
using Headroom.Runtime.Kernels.Structure;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>
/// Two operands at a time (see <see cref="EinsumEquation.Steps"/>). A step that sums over an index of both floating operands is a batched matrix product, of the operands as they lie where their strides
/// allow it, else of copies in the working space; any other step is a loop of our own.
/// </summary>
internal sealed unsafe class EinsumKernel : Kernel<Einsum>
{
    // The same steps with nothing behind the pointers: what they reserve is what they will need.
    protected override long Workspace(Einsum op, Signature s)
    {
        var contraction = new Contraction(op.Over(s), s.Output(0).Element, null, null);
        contraction.Run([.. Enumerable.Range(0, s.InputCount).Select(_ => (nint)0)], null);
        return contraction.Reserved;
    }

    protected override void Run(Einsum op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        var inputs = new nint[c.Signature.InputCount];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = (nint)c.In<byte>(i);
        new Contraction(op.Over(c.Signature), c.Signature.Output(0).Element, c, c.Workspace).Run(inputs, c.Out<byte>(0));
    }

    /// <summary>An operand: where it is, its indices, each once, and their strides. An index along which it is broadcast it doesn't have.</summary>
    private readonly record struct Operand(nint Data, int[] Indices, long[] Strides)
    {
        public long Stride(int index) => Array.IndexOf(Indices, index) is int at and >= 0 ? Strides[at] : 0;
    }

    /// <param name="equation">The equation over the operands' shapes.</param>
    /// <param name="element">Of all operands.</param>
    /// <param name="context">The node; null to count bytes alone.</param>
    /// <param name="workspace">Working space.</param>
    private sealed class Contraction(EinsumEquation equation, ElementType element, KernelContext? context, byte* workspace)
    {
        private readonly int _size = element.Size();
        private long _used;

        /// <summary>The most bytes of working space that were in use at once.</summary>
        public long Reserved { get; private set; }

        public void Run(ReadOnlySpan<nint> inputs, byte* output)
        {
            var operands = new List<Operand>();
            for (int i = 0; i < inputs.Length; i++) operands.Add(Given(inputs[i], i));
            IReadOnlyList<(int A, int B, int[] Indices)> steps = equation.Steps();
            for (int i = 0; i < steps.Count; i++)
            {
                (int a, int b, int[] made) = steps[i];
                byte* target = i == steps.Count - 1 ? output : Reserve(Count(made));
                long kept = _used;
                if (b < 0) Sum(operands[a], made, target);
                else Multiply(operands[a], operands[b], made, target);
                _used = kept;
                operands.Add(new Operand((nint)target, made, Contiguous(made)));
            }
        }

        // A repeated index walks the diagonal: its strides add up.
        private Operand Given(nint data, int operand)
        {
            int[] axes = equation.Operands[operand];
            Shape shape = equation.Shapes[operand];
            long[] strides = shape.Strides();
            int[] indices = equation.Indices(operand);
            return new Operand(data, indices, [.. indices.Select(i => Enumerable.Range(0, axes.Length).Where(a => axes[a] == i && shape[a] == equation.Extents[i]).Sum(a => strides[a]))]);
        }

        private void Sum(Operand a, int[] made, byte* target)
        {
            int[] gone = [.. a.Indices.Except(made)], order = [.. gone, .. made];
            if (gone.Length == 0)
            {
                if (context is not null) StridedCopy.Run((byte*)a.Data, Strides(a, made), target, Contiguous(made), Extents(made), _size);
                return;
            }
            byte* states = Reserve(ReduceWalk.Workspace(Count(gone), Count(made)), 1);
            if (context is null) return;
            bool[] reduced = [.. order.Select((_, i) => i < gone.Length)];
            ReduceWalk walk = ReduceWalk.Create(Extents(order), [.. order.Select(a.Stride)], reduced, context.Node.Name);
            Reducer.Run<SumReduction>(walk, (byte*)a.Data, target, states, element);
        }

        private void Multiply(Operand a, Operand b, int[] made, byte* target)
        {
            int[] summed = [.. a.Indices.Intersect(b.Indices).Except(made)];
            int[] batch = [.. made.Where(i => a.Indices.Contains(i) && b.Indices.Contains(i))];
            int[] rows = [.. made.Where(i => a.Indices.Contains(i) && !b.Indices.Contains(i))], columns = [.. made.Where(i => !a.Indices.Contains(i) && b.Indices.Contains(i))];
            if (!element.IsFloat() || summed.Length == 0 || Count(summed) == 0 || Count(made) == 0 || Count(rows) * Count(columns) == 1)
            {
                if (context is not null) ContractionLoop.Run(Extents(made), Strides(a, made), Strides(b, made), Extents(summed), Strides(a, summed), Strides(b, summed), (byte*)a.Data, (byte*)b.Data, target, element);
                return;
            }
            // The product's rows are the indices that stand further out in the result, where they stand together.
            if (made.AsSpan().SequenceEqual([.. batch, .. columns, .. rows]) && rows.Length > 0) (a, b, rows, columns) = (b, a, columns, rows);
            bool inPlace = made.AsSpan().SequenceEqual([.. batch, .. rows, .. columns]);
            Operand left = Matrices(a, batch, rows, summed, out long[] leftStrides), right = Matrices(b, batch, summed, columns, out long[] rightStrides);
            byte* product = inPlace ? target : Reserve(Count(made));
            if (context is null) return;
            long groups = Count(batch), m = Count(rows), k = Count(summed), n = Count(columns);
            ScalarType type = context.Output(0).ScalarType;
            if (groups == 1)
            {
                using Tensor x = Tensor.Wrap((void*)left.Data, [m, k], leftStrides.AsSpan(1), type, context.Device);
                using Tensor y = Tensor.Wrap((void*)right.Data, [k, n], rightStrides.AsSpan(1), type, context.Device);
                using Tensor into = Tensor.Wrap(product, [m, n], type, context.Device);
                context.Shims.MmOut(into, x, y, context.Node.Name);
            }
            else
            {
                using Tensor x = Tensor.Wrap((void*)left.Data, [groups, m, k], leftStrides, type, context.Device);
                using Tensor y = Tensor.Wrap((void*)right.Data, [groups, k, n], rightStrides, type, context.Device);
                using Tensor into = Tensor.Wrap(product, [groups, m, n], type, context.Device);
                context.Shims.BmmOut(into, x, y, context.Node.Name);
            }
            if (inPlace) return;
            int[] order = [.. batch, .. rows, .. columns];
            long[] strides = Contiguous(order);
            StridedCopy.Run(product, [.. made.Select(i => strides[Array.IndexOf(order, i)])], target, Contiguous(made), Extents(made), _size);
        }

        // An operand as a stack of matrices: as it lies, or copied.
        private Operand Matrices(Operand o, int[] batch, int[] rows, int[] columns, out long[] strides)
        {
            if (Merged(o, batch, out long s0) && Merged(o, rows, out long s1) && Merged(o, columns, out long s2) && (s1 == 1 || s2 == 1))
            {
                strides = [s0, s1, s2];
                return o;
            }
            int[] order = [.. batch, .. rows, .. columns];
            strides = [Count(rows) * Count(columns), Count(columns), 1];
            byte* copy = Reserve(Count(order));
            if (context is not null) StridedCopy.Run((byte*)o.Data, Strides(o, order), copy, Contiguous(order), Extents(order), _size);
            return new Operand((nint)copy, order, Contiguous(order));
        }

        // Whether indices can be run through in one stride.
        private bool Merged(Operand o, int[] indices, out long stride)
        {
            stride = 1;
            long run = 1;
            for (int i = indices.Length - 1; i >= 0; i--)
            {
                long extent = equation.Extents[indices[i]], step = o.Stride(indices[i]);
                if (extent == 1) continue;
                if (run == 1) stride = step;
                else if (step != stride * run) return false;
                run *= extent;
            }
            return true;
        }

        private byte* Reserve(long elements, int size = 0)
        {
            byte* at = workspace + _used;
            _used += (elements * (size == 0 ? _size : size) + 63) / 64 * 64;
            Reserved = Math.Max(Reserved, _used);
            return at;
        }

        private long Count(int[] indices) => indices.Aggregate(1L, (n, i) => checked(n * equation.Extents[i]));

        private long[] Extents(int[] indices) => [.. indices.Select(i => equation.Extents[i])];

        private static long[] Strides(Operand o, int[] indices) => [.. indices.Select(o.Stride)];

        private long[] Contiguous(int[] indices) => new Shape(Extents(indices)).Strides();
    }
}
