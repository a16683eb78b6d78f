using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>One step of an LSTM for all sequences. Sums and their gradients are <c>[batch, 4 · hidden]</c>, everything else <c>[batch, hidden]</c>.</summary>
internal unsafe struct LstmWork<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public CellFunction<T> F, G, Out;
    public long Hidden, Step, DYStride;
    public int* Lengths;
    public bool InputForget;

    /// <summary>Biases <c>[4 · hidden]</c>, peepholes <c>[3 · hidden]</c> or null.</summary>
    public T* Bias, StateBias, P;
    public T* Sums, CellBefore, HiddenBefore, Cell, State;
    public T* DY, DH, DC, Carry, DSums;

    public readonly bool Over(long b) => Lengths != null && Step >= Lengths[b];

    /// <summary>The gates of a run of units, from their sums; the forget gate may be the input gate's rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Open(T* sums, T* i, T* f, T* g, int n)
    {
        F.Apply(sums, i, n);
        G.Apply(sums + 3 * Hidden, g, n);
        if (!InputForget) F.Apply(sums + 2 * Hidden, f, n);
        else for (int j = 0; j < n; j++) f[j] = T.One - i[j];
    }
}

internal unsafe struct LstmForward<T> : IRangeKernel where T : unmanaged, IFloatingPointIeee754<T>
{
    public LstmWork<T> W;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        const int run = CellFunction<T>.Run;
        T* gates = stackalloc T[5 * run], i = gates, o = gates + run, f = gates + 2 * run, g = gates + 3 * run, shown = gates + 4 * run;
        long h = W.Hidden;
        for (long b = begin; b < end; b++)
        {
            T* before = W.CellBefore + b * h, cell = W.Cell + b * h, state = W.State + b * h;
            if (W.Over(b))
            {
                for (long j = 0; j < h; j++) (cell[j], state[j]) = (before[j], W.HiddenBefore[b * h + j]);
                continue;
            }
            for (long at = 0; at < h; at += run)
            {
                int n = (int)Math.Min(run, h - at);
                T* sums = W.Sums + b * 4 * h + at, bias = W.Bias + at, bias2 = W.StateBias + at, p = W.P + at;
                for (int j = 0; j < n; j++)
                {
                    sums[j] += bias[j] + bias2[j];
                    sums[2 * h + j] += bias[2 * h + j] + bias2[2 * h + j];
                    sums[3 * h + j] += bias[3 * h + j] + bias2[3 * h + j];
                    if (W.P == null) continue;
                    sums[j] += p[j] * before[at + j];
                    sums[2 * h + j] += p[2 * h + j] * before[at + j];
                }
                W.Open(sums, i, f, g, n);
                for (int j = 0; j < n; j++)
                {
                    T c = f[j] * before[at + j] + i[j] * g[j];
                    cell[at + j] = c;
                    sums[h + j] += bias[h + j] + bias2[h + j] + (W.P == null ? T.Zero : p[h + j] * c);
                }
                W.F.Apply(sums + h, o, n);
                W.Out.Apply(cell + at, shown, n);
                for (int j = 0; j < n; j++) state[at + j] = o[j] * shown[j];
            }
        }
    }
}

internal unsafe struct LstmBackward<T> : IRangeKernel where T : unmanaged, IFloatingPointIeee754<T>
{
    public LstmWork<T> W;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        const int run = CellFunction<T>.Run;
        T* gates = stackalloc T[6 * run], i = gates, o = gates + run, f = gates + 2 * run, g = gates + 3 * run, shown = gates + 4 * run, dShown = gates + 5 * run;
        long h = W.Hidden;
        for (long b = begin; b < end; b++)
        {
            T* before = W.CellBefore + b * h, cell = W.Cell + b * h, dh = W.DH + b * h, dc = W.DC + b * h, carry = W.Carry + b * h;
            if (W.Over(b))
            {
                // Past the sequence's end the states were carried on: so are their gradients.
                for (long j = 0; j < h; j++) carry[j] = dh[j];
                new Span<T>(W.DSums + b * 4 * h, (int)(4 * h)).Clear();
                continue;
            }
            for (long at = 0; at < h; at += run)
            {
                int n = (int)Math.Min(run, h - at);
                T* sums = W.Sums + b * 4 * h + at, d = W.DSums + b * 4 * h + at, p = W.P + at;
                W.Open(sums, i, f, g, n);
                W.F.Apply(sums + h, o, n);
                W.Out.Apply(cell + at, shown, n);
                for (int j = 0; j < n; j++)
                {
                    T gradient = W.DY == null ? dh[at + j] : dh[at + j] + W.DY[b * W.DYStride + at + j];
                    d[h + j] = gradient * shown[j];
                    dShown[j] = gradient * o[j];
                    carry[at + j] = T.Zero;
                }
                W.F.Slope(sums + h, o, d + h, n);
                W.Out.Slope(cell + at, shown, dShown, n);
                for (int j = 0; j < n; j++)
                {
                    T gradient = dc[at + j] + dShown[j] + (W.P == null ? T.Zero : p[h + j] * d[h + j]), forget = gradient * before[at + j];
                    d[j] = W.InputForget ? gradient * g[j] - forget : gradient * g[j];
                    d[2 * h + j] = W.InputForget ? T.Zero : forget;
                    d[3 * h + j] = gradient * i[j];
                    dc[at + j] = gradient * f[j];
                }
                W.F.Slope(sums, i, d, n);
                if (!W.InputForget) W.F.Slope(sums + 2 * h, f, d + 2 * h, n);
                W.G.Slope(sums + 3 * h, g, d + 3 * h, n);
                for (int j = 0; j < n && W.P != null; j++) dc[at + j] += p[j] * d[j] + p[2 * h + j] * d[2 * h + j];
            }
        }
    }
}
