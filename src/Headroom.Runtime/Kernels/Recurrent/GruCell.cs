using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>The pieces of a GRU's step between its products.</summary>
internal enum GruPhase
{
    /// <summary>Where the reset comes before the product: the gates, and <c>r ∘ h</c>.</summary>
    Reset,

    /// <summary>The new state (and, where the product comes first, the gates).</summary>
    State,

    /// <summary>The gradients of all sums; where the reset comes first, not yet that of r.</summary>
    Back,

    /// <summary>The gradient of r's sum, from that of <c>r ∘ h</c>.</summary>
    BackReset,
}

/// <summary>One step of a GRU for all sequences. The gates' sums are <c>[batch, 2 · hidden]</c> (z, r), everything else <c>[batch, hidden]</c>.</summary>
internal unsafe struct GruCell<T> : IRangeKernel where T : unmanaged, IFloatingPointIeee754<T>
{
    public GruPhase Phase;
    public CellFunction<T> F, G;
    public bool Linear;
    public long Hidden, Step, DYStride;
    public int* Lengths;

    /// <summary><c>[3 · hidden]</c>.</summary>
    public T* Bias, StateBias;
    public T* Gates, New, Inner, Before, State;
    public T* DY, DH, Carry, DGates, DNew, DInner;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        const int run = CellFunction<T>.Run;
        T* buffers = stackalloc T[3 * run];
        for (long b = begin; b < end; b++)
        {
            if (Lengths != null && Step >= Lengths[b])
            {
                Over(b);
                continue;
            }
            for (long at = 0; at < Hidden; at += run)
            {
                int n = (int)Math.Min(run, Hidden - at);
                switch (Phase)
                {
                    case GruPhase.Reset: Reset(b, at, n, buffers); break;
                    case GruPhase.State: NewState(b, at, n, buffers, buffers + run); break;
                    case GruPhase.Back: Back(b, at, n, buffers, buffers + run, buffers + 2 * run); break;
                    default: BackReset(b, at, n, buffers); break;
                }
            }
        }
    }

    /// <summary>Past a sequence's end the state is carried on, and so is its gradient.</summary>
    private readonly void Over(long b)
    {
        long h = Hidden, row = b * h;
        switch (Phase)
        {
            case GruPhase.Reset: new Span<T>(Inner + row, (int)h).Clear(); break;
            case GruPhase.State: new Span<T>(Before + row, (int)h).CopyTo(new Span<T>(State + row, (int)h)); break;
            case GruPhase.Back:
                new Span<T>(DH + row, (int)h).CopyTo(new Span<T>(Carry + row, (int)h));
                new Span<T>(DGates + 2 * row, (int)(2 * h)).Clear();
                new Span<T>(DNew + row, (int)h).Clear();
                new Span<T>(DInner + row, (int)h).Clear();
                break;
        }
    }

    private readonly void AddBiases(T* gates, long at, int n)
    {
        for (int j = 0; j < n; j++)
        {
            gates[j] += Bias[at + j] + StateBias[at + j];
            gates[Hidden + j] += Bias[Hidden + at + j] + StateBias[Hidden + at + j];
        }
    }

    private readonly void Reset(long b, long at, int n, T* r)
    {
        T* gates = Gates + b * 2 * Hidden + at, inner = Inner + b * Hidden + at, before = Before + b * Hidden + at;
        AddBiases(gates, at, n);
        F.Apply(gates + Hidden, r, n);
        for (int j = 0; j < n; j++) inner[j] = r[j] * before[j];
    }

    private readonly void NewState(long b, long at, int n, T* z, T* r)
    {
        T* gates = Gates + b * 2 * Hidden + at, inner = Inner + b * Hidden + at, sum = New + b * Hidden + at, before = Before + b * Hidden + at, state = State + b * Hidden + at;
        T* bias = Bias + 2 * Hidden + at, bias2 = StateBias + 2 * Hidden + at;
        if (Linear)
        {
            AddBiases(gates, at, n);
            F.Apply(gates + Hidden, r, n);
            for (int j = 0; j < n; j++)
            {
                inner[j] += bias2[j];
                sum[j] += bias[j] + r[j] * inner[j];
            }
        }
        else for (int j = 0; j < n; j++) sum[j] += bias[j] + bias2[j];
        F.Apply(gates, z, n);
        G.Apply(sum, r, n);
        for (int j = 0; j < n; j++) state[j] = (T.One - z[j]) * r[j] + z[j] * before[j];
    }

    private readonly void Back(long b, long at, int n, T* z, T* r, T* g)
    {
        T* gates = Gates + b * 2 * Hidden + at, inner = Inner + b * Hidden + at, sum = New + b * Hidden + at, before = Before + b * Hidden + at;
        T* dGates = DGates + b * 2 * Hidden + at, dNew = DNew + b * Hidden + at, dInner = DInner + b * Hidden + at, carry = Carry + b * Hidden + at, dh = DH + b * Hidden + at;
        F.Apply(gates, z, n);
        G.Apply(sum, g, n);
        for (int j = 0; j < n; j++)
        {
            T d = DY == null ? dh[j] : dh[j] + DY[b * DYStride + at + j];
            dGates[j] = d * (before[j] - g[j]);
            dNew[j] = d * (T.One - z[j]);
            carry[j] = d * z[j];
        }
        F.Slope(gates, z, dGates, n);
        G.Slope(sum, g, dNew, n);
        if (!Linear) return;
        F.Apply(gates + Hidden, r, n);
        for (int j = 0; j < n; j++)
        {
            dInner[j] = dNew[j] * r[j];
            dGates[Hidden + j] = dNew[j] * inner[j];
        }
        F.Slope(gates + Hidden, r, dGates + Hidden, n);
    }

    private readonly void BackReset(long b, long at, int n, T* r)
    {
        T* gates = Gates + b * 2 * Hidden + at, before = Before + b * Hidden + at, dGates = DGates + b * 2 * Hidden + at, dInner = DInner + b * Hidden + at, carry = Carry + b * Hidden + at;
        F.Apply(gates + Hidden, r, n);
        for (int j = 0; j < n; j++)
        {
            dGates[Hidden + j] = dInner[j] * before[j];
            carry[j] += dInner[j] * r[j];
        }
        F.Slope(gates + Hidden, r, dGates + Hidden, n);
    }
}
