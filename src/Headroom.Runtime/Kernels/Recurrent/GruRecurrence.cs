using System.Numerics;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>A layer of gated recurrent units. Kept: the sums of z and r side by side, the sum of n, the inner product (<c>R h + b</c>, or <c>r ∘ h</c> where the reset comes first), the states.</summary>
internal sealed unsafe class GruRecurrence(GRUOperator op, KernelContext c, bool backward) : Recurrence(op, c, backward)
{
    private const int New = 2, Inner = 3, Hidden = 4;
    private readonly bool _linear = op.LinearBeforeReset;

    protected override void Project()
    {
        Project(0, 2, Section(0));
        Project(2, 1, Section(New));
    }

    protected override void Step(long step, long previous)
    {
        byte* before = Before(false, previous);
        Product(Section(0, step, 2), Shape.Batch, 2 * Shape.Hidden, before, Shape.Hidden, false, R(0), true, add: true);
        if (_linear) Product(Section(Inner, step), Shape.Batch, Shape.Hidden, before, Shape.Hidden, false, R(2), true, add: false);
        else
        {
            Run(GruPhase.Reset, step, previous);
            Product(Section(New, step), Shape.Batch, Shape.Hidden, Section(Inner, step), Shape.Hidden, false, R(2), true, add: true);
        }
        Run(GruPhase.State, step, previous);
    }

    protected override void StepBack(long step, long previous)
    {
        byte* inner = Space.DInner + step * States * Space.Size;
        Run(GruPhase.Back, step, previous);
        if (!_linear)
        {
            Product(inner, Shape.Batch, Shape.Hidden, DNew(step), Shape.Hidden, false, R(2), false, add: false);
            Run(GruPhase.BackReset, step, previous);
        }
        Product(Space.DH, Space.Carry, Shape.Batch, Shape.Hidden, DGates(step), 2 * Shape.Hidden, false, R(0), false);
        if (_linear) Product(Space.DH, Shape.Batch, Shape.Hidden, inner, Shape.Hidden, false, R(2), false, add: true);
    }

    protected override void Weights()
    {
        InputWeights(0, 2, DGates(0), firstGate: true);
        InputWeights(2, 1, DNew(0), firstGate: false);
        StateWeights(0, 2, DGates(0));
        if (_linear) StateWeights(2, 1, Space.DInner);
        else if (Gradient(2) != null)
            Product(Gradient(2) + (Direction * 3 + 2) * Shape.Hidden * Shape.Hidden * Space.Size, Shape.Hidden, Shape.Hidden, DNew(0), Shape.Rows, true, Section(Inner), false, add: false);
        Biases(0, 2, DGates(0));
        Biases(2, 1, DNew(0));
        Biases(3, 2, DGates(0));
        Biases(5, 1, _linear ? Space.DInner : DNew(0));
    }

    private byte* DGates(long step) => Space.DSums + step * States * 2 * Space.Size;

    private byte* DNew(long step) => Space.DSums + (Shape.Rows * 2 * Shape.Hidden + step * States) * Space.Size;

    private void Run(GruPhase phase, long step, long previous)
    {
        if (Space.Size == 8) Run<double>(phase, step, previous);
        else Run<float>(phase, step, previous);
    }

    private void Run<T>(GruPhase phase, long step, long previous) where T : unmanaged, IFloatingPointIeee754<T>
    {
        byte* dy = OutputGradient(step, out long stride);
        Workers.For(new GruCell<T>
        {
            Phase = phase, Linear = _linear, F = new CellFunction<T>(Op.Activation(Direction, 0), Op.Clip), G = new CellFunction<T>(Op.Activation(Direction, 1), Op.Clip), Hidden = Shape.Hidden, Step = step, Lengths = Lengths,
            Bias = (T*)B(0), StateBias = (T*)B(3), Gates = (T*)Section(0, step, 2), New = (T*)Section(New, step), Inner = (T*)Section(Inner, step), Before = (T*)Before(false, previous), State = (T*)Section(Hidden, step),
            DY = (T*)dy, DYStride = stride, DH = (T*)Space.DH, Carry = (T*)Space.Carry, DGates = (T*)DGates(step), DNew = (T*)DNew(step), DInner = (T*)(Space.DInner + step * States * Space.Size),
        }, Shape.Batch, Grain);
    }
}
