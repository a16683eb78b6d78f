using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>
/// One run of a recurrent layer: the input's product for all steps at once, then step by step the state's product and the cell. Everything is kept by time, <c>[seq, batch, ...]</c>, in sections of what a training
/// step keeps; the backward pass goes through the steps the other way round and makes the weights' gradients as one product over all steps.
/// </summary>
internal abstract unsafe class Recurrence
{
    protected readonly RecurrentOperator Op;
    protected readonly KernelContext Context;
    protected readonly RecurrentSpace Space;
    protected readonly RecurrentShape Shape;
    protected readonly int* Lengths;
    private readonly bool _backward;
    private readonly byte* _x, _w, _r, _b, _h, _c, _p, _dy;
    private readonly byte* _kept;

    protected Recurrence(RecurrentOperator op, KernelContext c, bool backward)
    {
        (Op, Context, _backward) = (op, c, backward);
        Space = new RecurrentSpace(op, c.Signature, c.Workspace, backward);
        Shape = Space.Shape;
        Lengths = ReadLengths();
        _x = Load(0, Space.X, op.BatchFirst);
        _w = Load(1, Space.W, false);
        _r = Load(2, Space.R, false);
        _b = Load(3, Space.B, false);
        _h = Load(5, Space.H, op.BatchFirst && Shape.Directions > 1);
        if (op.States > 1) _c = Load(6, Space.C, op.BatchFirst && Shape.Directions > 1);
        if (op.States > 1 && c.Has(7)) _p = Load(7, Space.P, false);
        if (backward && c.Has(op.InputCount + 1)) _dy = Load(op.InputCount + 1, Space.DY, false);
        _kept = backward ? c.In<byte>(op.InputCount) : c.Wants(op.KeptOutput) ? c.Out<byte>(op.KeptOutput) : Space.Kept;
    }

    /// <summary>The direction that is being run.</summary>
    protected int Direction { get; private set; }

    protected long States => Shape.Batch * Shape.Hidden;

    protected bool Reversed => Op.Direction == RecurrentDirection.Reverse || Direction == 1;

    /// <summary>This direction's W, R from the row of a gate on.</summary>
    protected byte* W(int gate) => _w + (Direction * Op.Gates + gate) * Shape.Hidden * Shape.Input * Space.Size;

    protected byte* R(int gate) => _r + (Direction * Op.Gates + gate) * Shape.Hidden * Shape.Hidden * Space.Size;

    /// <summary>This direction's biases: of W, then, <see cref="RecurrentOperator.Gates"/> further, of R.</summary>
    protected byte* B(int gate) => _b + (Direction * 2 * Op.Gates + gate) * Shape.Hidden * Space.Size;

    /// <summary>Peepholes, or null.</summary>
    protected byte* P => _p == null ? null : _p + Direction * 3 * Shape.Hidden * Space.Size;

    /// <summary>All steps of a section of what is kept, which is so many hidden layers into this direction.</summary>
    protected byte* Section(int at) => _kept + (Direction * Op.Kept + at) * Shape.Rows * Shape.Hidden * Space.Size;

    /// <summary>A section <c>[seq, batch, layers · hidden]</c> at a step.</summary>
    protected byte* Section(int at, long step, int layers = 1) => Section(at) + step * States * layers * Space.Size;

    /// <summary>The hidden (last section) or cell state (the one before) that a step starts from.</summary>
    protected byte* Before(bool cell, long previous)
        => previous < 0 ? (cell ? _c : _h) + Direction * States * Space.Size : Section(Op.Kept - (cell ? 2 : 1), previous);

    /// <summary>The gradient that a step's states get from the loss, and elements from one sequence to the next; null where there is none.</summary>
    protected byte* OutputGradient(long step, out long stride)
    {
        long h = Shape.Hidden, d = Shape.Directions;
        stride = Op.BatchFirst ? Shape.Seq * d * h : h;
        return _dy == null ? null : _dy + (step * d + Direction) * (Op.BatchFirst ? h : States) * Space.Size;
    }

    /// <summary>The input's part of all gates, for all steps.</summary>
    protected abstract void Project();

    protected abstract void Step(long step, long previous);

    /// <summary>From the gradient of a step's states to those of its sums (kept for <see cref="Weights"/>) and of the states before.</summary>
    protected abstract void StepBack(long step, long previous);

    /// <summary>The gradients by weights and input, from those of all sums.</summary>
    protected abstract void Weights();

    public void Forward()
    {
        for (Direction = 0; Direction < Shape.Directions; Direction++)
        {
            long last = -1;
            if (States > 0 && Shape.Seq > 0)
            {
                Project();
                for (long k = 0; k < Shape.Seq; k++)
                {
                    long step = Reversed ? Shape.Seq - 1 - k : k;
                    Step(step, last);
                    last = step;
                }
            }
            Emit(last);
        }
    }

    public void Backward()
    {
        for (Direction = 0; Direction < Shape.Directions; Direction++)
        {
            First(Op.InputCount + 2, Space.DH);
            if (Op.States > 1) First(Op.InputCount + 3, Space.DC);
            for (long k = Shape.Seq - 1; k >= 0 && States > 0; k--)
                StepBack(Reversed ? Shape.Seq - 1 - k : k, k == 0 ? -1 : Reversed ? Shape.Seq - k : k - 1);
            Weights();
            Last(5, Space.DH);
            if (Op.States > 1) Last(6, Space.DC);
        }
        if (Context.Wants(0) && Space.DX != null)
        {
            using Tensor dx = Wrap(Space.DX, Shape.Seq, Shape.Batch, Shape.Input), target = Op.BatchFirst ? Swapped(Context.Output(0)) : Context.Output(0).Share();
            target.CopyFrom(dx, node: Context.Node.Name);
        }
        if (!Space.Converts) return;
        Convert(1, Space.DW);
        Convert(2, Space.DR);
        Convert(3, Space.DB);
        if (Op.States > 1) Convert(7, Space.DP);
    }

    /// <summary>Where the gradient by an input is built; null where nobody wants it.</summary>
    protected byte* Gradient(int output) => !Context.Wants(output) ? null : output switch
    {
        0 when Space.DX != null => Space.DX,
        1 when Space.Converts => Space.DW,
        2 when Space.Converts => Space.DR,
        3 when Space.Converts => Space.DB,
        7 when Space.Converts => Space.DP,
        _ => Context.Out<byte>(output),
    };

    /// <summary><c>into[m, n] = (into +) left · right</c>; a transposed operand is stored the other way round.</summary>
    protected void Product(byte* into, long m, long n, byte* left, long inner, bool leftTurned, byte* right, bool rightTurned, bool add) => Product(into, add ? into : null, m, n, left, inner, leftTurned, right, rightTurned);

    /// <summary><c>into[m, n] = (addend +) left · right</c>.</summary>
    protected void Product(byte* into, byte* addend, long m, long n, byte* left, long inner, bool leftTurned, byte* right, bool rightTurned)
    {
        if (m * n == 0) return;
        using Tensor y = Wrap(into, m, n);
        if (inner == 0)
        {
            if (addend == null) y.Zero();
            return;
        }
        using Tensor l = Matrix(left, m, inner, leftTurned), r = Matrix(right, inner, n, rightTurned);
        if (addend == null)
        {
            Context.Shims.MmOut(y, l, r, Context.Node.Name);
            return;
        }
        // The same handle where it is the same matrix, so that nothing is copied onto itself.
        using Tensor a = addend == into ? y.Share() : Wrap(addend, m, n);
        Context.Shims.AddmmOut(y, a, l, r, node: Context.Node.Name);
    }

    /// <summary>The gradients by some gates' rows of W and by the input, from those of their sums <c>[seq · batch, gates · hidden]</c>.</summary>
    protected void InputWeights(int gate, int gates, byte* sums, bool firstGate)
    {
        long rows = gates * Shape.Hidden;
        byte* dw = Gradient(1), dx = Gradient(0);
        if (dw != null) Product(dw + (Direction * Op.Gates + gate) * Shape.Hidden * Shape.Input * Space.Size, rows, Shape.Input, sums, Shape.Rows, true, _x, false, add: false);
        if (dx != null) Product(dx, Shape.Rows, Shape.Input, sums, rows, false, W(gate), false, add: Direction > 0 || !firstGate);
    }

    /// <summary>The gradient by some gates' rows of R: the sums' gradients with the state before each step.</summary>
    protected void StateWeights(int gate, int gates, byte* sums)
    {
        if (Gradient(2) == null) return;
        long rows = gates * Shape.Hidden, steps = Shape.Seq - 1, one = Shape.Batch * rows * Space.Size;
        byte* into = Gradient(2) + (Direction * Op.Gates + gate) * Shape.Hidden * Shape.Hidden * Space.Size;
        if (Shape.Seq == 0)
        {
            Product(into, rows, Shape.Hidden, sums, 0, true, _h, false, add: false);
            return;
        }
        Product(into, rows, Shape.Hidden, sums + (Reversed ? steps * one : 0), Shape.Batch, true, Before(false, -1), false, add: false);
        Product(into, rows, Shape.Hidden, sums + (Reversed ? 0 : one), steps * Shape.Batch, true, Section(Op.Kept - 1, Reversed ? Math.Min(1, steps) : 0), false, add: true);
    }

    /// <summary>The gradient by some gates' biases of W or R (<paramref name="gate"/> from <see cref="RecurrentOperator.Gates"/> on): the sums' gradients, summed.</summary>
    protected void Biases(int gate, int gates, byte* sums)
    {
        if (Gradient(3) == null) return;
        byte* into = Gradient(3) + (Direction * 2 * Op.Gates + gate) * Shape.Hidden * Space.Size;
        long columns = gates * Shape.Hidden;
        if (Space.Size == 8) Workers.For(new CellSums<double> { From = sums, Into = into, Rows = Shape.Rows, Columns = columns }, columns, 32);
        else Workers.For(new CellSums<float> { From = sums, Into = into, Rows = Shape.Rows, Columns = columns }, columns, 32);
    }

    /// <summary>The input's product with some gates' rows of W, for all steps, into a section.</summary>
    protected void Project(int gate, int gates, byte* into) => Product(into, Shape.Rows, gates * Shape.Hidden, _x, Shape.Input, false, W(gate), true, add: false);

    /// <summary>How many sequences are worth a thread of their own.</summary>
    protected long Grain => Math.Max(1, 2048 / Math.Max(1, Shape.Hidden));

    private void Emit(long last)
    {
        if (Context.Wants(0) && States > 0 && Shape.Seq > 0)
        {
            long h = Shape.Hidden, d = Shape.Directions;
            Tensor y = Context.Output(0);
            long stepStride = Op.BatchFirst ? d * h : d * States, rowStride = Op.BatchFirst ? Shape.Seq * d * h : h, offset = Op.BatchFirst ? Direction * h : Direction * States;
            using Tensor mine = y.View([Shape.Seq, Shape.Batch, h], [stepStride, rowStride, 1], y.StorageOffset + offset), states = Wrap(Section(Op.Kept - 1), Shape.Seq, Shape.Batch, h);
            mine.CopyFrom(states, node: Context.Node.Name);
            int size = y.ScalarType.Bytes();
            for (long b = 0; b < Shape.Batch && Lengths != null; b++)
                for (long t = Lengths[b]; t < Shape.Seq; t++)
                    new Span<byte>((byte*)y.Data + (offset + t * stepStride + b * rowStride) * size, (int)(h * size)).Clear();
        }
        Last(1, Before(false, last));
        if (Op.States > 1) Last(2, Before(true, last));
    }

    /// <summary>Puts this direction's <c>[batch, hidden]</c> into an output.</summary>
    private void Last(int output, byte* from)
    {
        if (!Context.Wants(output) || States == 0) return;
        using Tensor target = Mine(Context.Output(output)), source = Wrap(from, Shape.Batch, Shape.Hidden);
        target.CopyFrom(source, node: Context.Node.Name);
    }

    /// <summary>Takes this direction's <c>[batch, hidden]</c> from an input; zeros where there is none.</summary>
    private void First(int input, byte* into)
    {
        using Tensor target = Wrap(into, Shape.Batch, Shape.Hidden);
        if (!Context.Has(input) || States == 0)
        {
            target.Zero();
            return;
        }
        using Tensor source = Mine(Context.Input(input));
        target.CopyFrom(source, node: Context.Node.Name);
    }

    /// <summary>This direction's part of <c>[directions, batch, hidden]</c>, or of <c>[batch, directions, hidden]</c>.</summary>
    private Tensor Mine(Tensor all)
    {
        long h = Shape.Hidden;
        return Op.BatchFirst ? all.View([Shape.Batch, h], [Shape.Directions * h, 1], all.StorageOffset + Direction * h) : all.View([Shape.Batch, h], [h, 1], all.StorageOffset + Direction * States);
    }

    private byte* Load(int input, byte* into, bool swap)
    {
        if (into == null) return Context.Has(input) ? Context.In<byte>(input) : null; // absent where there is nothing to fill either: no hidden units
        if (!Context.Has(input))
        {
            // An absent bias or state is zero.
            long elements = input == 3 ? 2 * Op.Gates * Shape.Hidden * Shape.Directions : Shape.Directions * States;
            new Span<byte>(into, checked((int)(elements * Space.Size))).Clear();
            return into;
        }
        Tensor x = Context.Input(input);
        using Tensor source = swap ? Swapped(x) : x.Share(), target = Tensor.Wrap(into, source.Sizes, Space.Compute, Context.Device);
        if (source.Elements > 0) target.CopyFrom(source, node: Context.Node.Name);
        return into;
    }

    private int* ReadLengths()
    {
        if (!Context.Has(4)) return null;
        int* lengths = Context.In<int>(4);
        for (long b = 0; b < Shape.Batch; b++)
            if (lengths[b] < 0 || lengths[b] > Shape.Seq) throw new GraphException($"node '{Context.Node.Name}' ({Op.Name}): sequence {b} has {lengths[b]} steps by sequence_lens; 0 to {Shape.Seq} are possible");
        return lengths;
    }

    private void Convert(int output, byte* from)
    {
        if (!Context.Wants(output)) return;
        using Tensor source = Tensor.Wrap(from, Context.Output(output).Sizes, Space.Compute, Context.Device);
        Context.Output(output).CopyFrom(source, node: Context.Node.Name);
    }

    private static Tensor Swapped(Tensor x)
    {
        ReadOnlySpan<long> n = x.Sizes, s = x.Strides;
        return x.View([n[1], n[0], n[2]], [s[1], s[0], s[2]], x.StorageOffset);
    }

    private Tensor Matrix(byte* data, long rows, long columns, bool turned)
    {
        if (!turned) return Wrap(data, rows, columns);
        using Tensor t = Wrap(data, columns, rows);
        return t.Transposed();
    }

    private Tensor Wrap(byte* data, params ReadOnlySpan<long> dims) => Tensor.Wrap(data, dims, Space.Compute, Context.Device);
}
