using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>A simple recurrent layer. Kept: the sums, the states.</summary>
internal sealed unsafe class RnnRecurrence(RecurrentOperator op, KernelContext c, bool backward) : Recurrence(op, c, backward)
{
    protected override void Project() => Project(0, 1, Section(0));

    protected override void Step(long step, long previous)
    {
        Product(Section(0, step), Shape.Batch, Shape.Hidden, Before(false, previous), Shape.Hidden, false, R(0), true, add: true);
        Run(step, previous, back: false);
    }

    protected override void StepBack(long step, long previous)
    {
        Run(step, previous, back: true);
        Product(Space.DH, Space.Carry, Shape.Batch, Shape.Hidden, Space.DSums + step * States * Space.Size, Shape.Hidden, false, R(0), false);
    }

    protected override void Weights()
    {
        InputWeights(0, 1, Space.DSums, firstGate: true);
        StateWeights(0, 1, Space.DSums);
        Biases(0, 1, Space.DSums);
        Biases(1, 1, Space.DSums);
    }

    private void Run(long step, long previous, bool back)
    {
        if (Space.Size == 8) Run<double>(step, previous, back);
        else Run<float>(step, previous, back);
    }

    private void Run<T>(long step, long previous, bool back) where T : unmanaged, IFloatingPointIeee754<T>
    {
        byte* dy = OutputGradient(step, out long stride);
        Workers.For(new Cell<T>
        {
            F = new CellFunction<T>(Op.Activation(Direction, 0), Op.Clip), Hidden = Shape.Hidden, Step = step, Lengths = Lengths, Back = back, Bias = (T*)B(0), StateBias = (T*)B(1), Sums = (T*)Section(0, step), Before = (T*)Before(false, previous),
            State = (T*)Section(1, step), DY = (T*)dy, DYStride = stride, DH = (T*)Space.DH, Carry = (T*)Space.Carry, DSums = (T*)(Space.DSums + step * States * Space.Size),
        }, Shape.Batch, Grain);
    }

    private struct Cell<T> : IRangeKernel where T : unmanaged, IFloatingPointIeee754<T>
    {
        public CellFunction<T> F;
        public long Hidden, Step, DYStride;
        public int* Lengths;
        public bool Back;
        public T* Bias, StateBias, Sums, Before, State, DY, DH, Carry, DSums;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long b = begin; b < end; b++)
            {
                long row = b * Hidden;
                bool over = Lengths != null && Step >= Lengths[b];
                for (long j = 0; j < Hidden && !Back; j++)
                {
                    Sums[row + j] += Bias[j] + StateBias[j];
                    if (over) State[row + j] = Before[row + j];
                }
                if (!Back && !over) F.Apply(Sums + row, State + row, Hidden);
                if (!Back) continue;
                for (long j = 0; j < Hidden; j++)
                {
                    Carry[row + j] = over ? DH[row + j] : T.Zero;
                    DSums[row + j] = over ? T.Zero : DY == null ? DH[row + j] : DH[row + j] + DY[b * DYStride + j];
                }
                if (!over) F.Slope(Sums + row, State + row, DSums + row, Hidden);
            }
        }
    }
}
