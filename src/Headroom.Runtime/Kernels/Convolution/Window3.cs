using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Convolution;

/// <summary>A <see cref="SlidingWindow"/> of three axes in plain numbers, for kernels on native threads; missing axes stand in front with an extent of 1.</summary>
internal unsafe struct Window3
{
    public fixed long Kernel[3];
    public fixed long Stride[3];
    public fixed long Dilation[3];
    public fixed long Before[3];
    public fixed long After[3];
    public fixed long Input[3];
    public fixed long Output[3];

    public Window3(SlidingWindow w)
    {
        for (int i = 0; i < 3; i++)
        {
            int from = i - (3 - w.Axes);
            Kernel[i] = from < 0 ? 1 : w.Kernel[from];
            Stride[i] = from < 0 ? 1 : w.Strides[from];
            Dilation[i] = from < 0 ? 1 : w.Dilations[from];
            Before[i] = from < 0 ? 0 : w.Before[from];
            After[i] = from < 0 ? 0 : w.After[from];
            Input[i] = from < 0 ? 1 : w.Input[from];
            Output[i] = from < 0 ? 1 : w.Output[from];
        }
    }

    public readonly long InputElements => Input[0] * Input[1] * Input[2];

    public readonly long OutputElements => Output[0] * Output[1] * Output[2];

    /// <summary>The place of a row-major element of a plane where the first axis counts fastest.</summary>
    public readonly long ByColumns(long at) => at / (Input[1] * Input[2]) + Input[0] * (at / Input[2] % Input[1] + Input[1] * (at % Input[2]));

    /// <summary>The positions on an axis that a window reads inside the input: from <paramref name="first"/> in steps of the dilation, below <paramref name="end"/>.</summary>
    public readonly void Range(int axis, long window, out long first, out long end)
    {
        long start = window * Stride[axis] - Before[axis], step = Dilation[axis];
        first = start >= 0 ? start : start + (-start + step - 1) / step * step;
        end = Math.Min(start + (Kernel[axis] - 1) * step + 1, Input[axis]);
    }

    /// <summary>How many positions of a window on an axis lie in the input or its padding.</summary>
    public readonly long Counted(int axis, long window)
    {
        long start = window * Stride[axis] - Before[axis], limit = Input[axis] + After[axis];
        return Math.Min(Kernel[axis], (limit - start + Dilation[axis] - 1) / Dilation[axis]);
    }
}
