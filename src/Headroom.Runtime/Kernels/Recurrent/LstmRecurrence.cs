using System.Numerics;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>A layer of long short-term memory. Kept: the sums of the four gates (i, o, f, c), the cell states, the hidden states.</summary>
internal sealed unsafe class LstmRecurrence(LSTMOperator op, KernelContext c, bool backward) : Recurrence(op, c, backward)
{
    private const int Cells = 4, Hidden = 5;

    protected override void Project() => Project(0, 4, Section(0));

    protected override void Step(long step, long previous)
    {
        Product(Section(0, step, 4), Shape.Batch, 4 * Shape.Hidden, Before(false, previous), Shape.Hidden, false, R(0), true, add: true);
        if (Space.Size == 8) Workers.For(new LstmForward<double> { W = Work<double>(step, previous) }, Shape.Batch, Grain);
        else Workers.For(new LstmForward<float> { W = Work<float>(step, previous) }, Shape.Batch, Grain);
    }

    protected override void StepBack(long step, long previous)
    {
        if (Space.Size == 8) Workers.For(new LstmBackward<double> { W = Work<double>(step, previous) }, Shape.Batch, Grain);
        else Workers.For(new LstmBackward<float> { W = Work<float>(step, previous) }, Shape.Batch, Grain);
        Product(Space.DH, Space.Carry, Shape.Batch, Shape.Hidden, Sums(step), 4 * Shape.Hidden, false, R(0), false);
    }

    protected override void Weights()
    {
        InputWeights(0, 4, Space.DSums, firstGate: true);
        StateWeights(0, 4, Space.DSums);
        Biases(0, 4, Space.DSums);
        Biases(4, 4, Space.DSums);
        if (Gradient(7) == null) return;
        if (Space.Size == 8) Peepholes<double>();
        else Peepholes<float>();
    }

    // The input and forget gates looked at the cell before the step, the output gate at the one after.
    private void Peepholes<T>() where T : unmanaged, IFloatingPointIeee754<T>
    {
        long h = Shape.Hidden, b = Shape.Batch, later = Math.Max(0, Shape.Seq - 1), first = Shape.Seq > 0 ? b : 0;
        byte* into = Gradient(7) + Direction * 3 * h * Space.Size;
        void Sum(int gate, long step, byte* with, long rows, bool add) => Workers.For(new CellSums<T>
        {
            From = Sums(step) + gate * h * Space.Size, With = with, Into = into + gate * h * Space.Size, Rows = rows, Columns = h, Stride = 4 * h, Add = add,
        }, h, 32);
        Sum(1, 0, Section(Cells), Shape.Rows, add: false);
        foreach (int gate in (ReadOnlySpan<int>)[0, 2])
        {
            Sum(gate, Reversed ? later : 0, Before(true, -1), first, add: false);
            Sum(gate, Reversed ? 0 : Math.Min(1, later), Section(Cells, Reversed ? Math.Min(1, later) : 0), later * b, add: true);
        }
    }

    private byte* Sums(long step) => Space.DSums + step * States * 4 * Space.Size;

    private LstmWork<T> Work<T>(long step, long previous) where T : unmanaged, IFloatingPointIeee754<T>
    {
        byte* dy = OutputGradient(step, out long stride);
        return new LstmWork<T>
        {
            F = new CellFunction<T>(Op.Activation(Direction, 0), Op.Clip), G = new CellFunction<T>(Op.Activation(Direction, 1), Op.Clip), Out = new CellFunction<T>(Op.Activation(Direction, 2), Op.Clip),
            Hidden = Shape.Hidden, Step = step, Lengths = Lengths, InputForget = ((LSTMOperator)Op).InputForget, Bias = (T*)B(0), StateBias = (T*)B(4), P = (T*)P, Sums = (T*)Section(0, step, 4),
            CellBefore = (T*)Before(true, previous), HiddenBefore = (T*)Before(false, previous), Cell = (T*)Section(Cells, step), State = (T*)Section(Hidden, step),
            DY = (T*)dy, DYStride = stride, DH = (T*)Space.DH, DC = (T*)Space.DC, Carry = (T*)Space.Carry, DSums = (T*)Sums(step),
        };
    }
}
