using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Normalization;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Quantization;

/// <summary>Divides in fp32 and rounds the quotient to the type that ONNX divides in, then to even.</summary>
internal sealed unsafe class QuantizeLinearKernel : Kernel<QuantizeLinear>
{
    protected override long Workspace(QuantizeLinear op, Signature s) => Lanes.Room(s.Input(1).Elements, ElementType.Float32);

    protected override void Run(QuantizeLinear op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        if (x.Elements == 0) return;
        byte* at = c.Workspace;
        var work = new Work
        {
            X = c.In<byte>(0), Y = c.Out<byte>(0), Scale = (float*)Parameters.In(c, 1, c.Signature.Input(1).Shape, ElementType.Float32, ref at), Zero = c.Has(2) ? c.In<byte>(2) : null,
            Grid = op.Grid(c.Signature), Quotient = op.Quotient(c.Signature),
        };
        if (c.Signature.Output(0).Element == ElementType.Int8) Run<QuantizedInt8>(work, x);
        else Run<QuantizedUInt8>(work, x);
    }

    private static void Run<Q>(Work work, TensorType x) where Q : struct, IQuantized
    {
        const long grain = 1 << 14;
        switch (x.Element)
        {
            case ElementType.Float32: Workers.For(new Loop<NativeLanes<float>, Q> { W = work }, x.Elements, grain); break;
            case ElementType.BFloat16: Workers.For(new Loop<BFloat16Lanes, Q> { W = work }, x.Elements, grain); break;
            case ElementType.Float16: Workers.For(new Loop<HalfLanes, Q> { W = work }, x.Elements, grain); break;
            default: Workers.For(new Loop<IntegerLanes, Q> { W = work }, x.Elements, grain); break;
        }
    }

    private struct Work
    {
        public byte* X, Y, Zero;
        public float* Scale;
        public QuantizationGrid Grid;
        public ElementType Quotient;
    }

    private struct Loop<T, Q> : IRangeKernel where T : struct, ILanes<float> where Q : struct, IQuantized
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            var walk = new GridWalk(w.Grid, begin, end);
            while (walk.Next(out long i, out long last, out long scale))
            {
                if (w.Quotient == ElementType.Float32)
                {
                    // A sum with 3 · 2^22 has whole numbers for its last place: it rounds to even; what is too large for that is far outside the range.
                    Vector512<float> whole = Vector512.Create(12582912f);
                    Vector512<float> low = Vector512.Create((float)Q.Lowest), high = Vector512.Create((float)Q.Highest);
                    Vector512<float> d = Vector512.Create(w.Scale[scale]), z = Vector512.Create(w.Zero == null ? 0f : Q.Get(w.Zero, scale));
                    for (; i + 16 <= last; i += 16, scale += 16 * w.Grid.InnerStep)
                    {
                        if (w.Grid.InnerStep == 1)
                        {
                            d = Vector512.Load(w.Scale + scale);
                            if (w.Zero != null) z = Vector512.ConvertToSingle(Q.Load(w.Zero, scale));
                        }
                        // In this order a NaN becomes the lowest value, as in the loop below.
                        Vector512<float> v = T.Load(w.X + i * T.Bytes) / d + whole - whole + z;
                        Q.Store(w.Y, i, Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(v, low), high)));
                    }
                }
                for (; i < last; i++, scale += w.Grid.InnerStep)
                {
                    float quotient = Rounded(Rounded(T.Get(w.X + i * T.Bytes, 0), w.Quotient) / Rounded(w.Scale[scale], w.Quotient), w.Quotient);
                    float v = MathF.Round(quotient) + (w.Zero == null ? 0 : Q.Get(w.Zero, scale));
                    Q.Set(w.Y, i, v >= Q.Lowest ? (int)Math.Min(v, Q.Highest) : Q.Lowest);
                }
            }
        }

        private static float Rounded(float value, ElementType to) => to switch
        {
            ElementType.Float16 => (float)(Half)value,
            ElementType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)Numbers.ToBFloat16(value) << 16),
            _ => value,
        };
    }
}

/// <summary>int32, computed in fp32.</summary>
internal readonly unsafe struct IntegerLanes : ILanes<float>
{
    public static int Bytes => 4;

    public static Vector512<float> Load(void* source) => Vector512.ConvertToSingle(Vector512.Load((int*)source));

    public static Vector512<float> Spread(void* source) => Vector512.Create(Get(source, 0));

    public static void Store(void* target, Vector512<float> value) => Vector512.ConvertToInt32(value).Store((int*)target);

    public static float Get(void* source, long i) => ((int*)source)[i];

    public static void Set(void* target, long i, float value) => ((int*)target)[i] = (int)value;
}

/// <summary>Runs of elements whose scales lie one step apart.</summary>
internal struct GridWalk
{
    private readonly QuantizationGrid _grid;
    private readonly long _end;
    private long _at, _inner, _axis, _outer;

    public GridWalk(QuantizationGrid grid, long begin, long end)
    {
        (_grid, _at, _end) = (grid, begin, end);
        (long row, _inner) = Math.DivRem(begin, grid.Inner);
        (_outer, _axis) = Math.DivRem(row, grid.Extent);
    }

    /// <param name="first">The run's first element.</param>
    /// <param name="last">The element behind its last.</param>
    /// <param name="scale">The first element's scale.</param>
    /// <returns>False where nothing is left.</returns>
    public bool Next(out long first, out long last, out long scale)
    {
        first = _at;
        scale = _outer * _grid.OuterStep + _axis / _grid.Block * _grid.AxisStep + _inner * _grid.InnerStep;
        last = Math.Min(_at + _grid.Inner - _inner, _end);
        if (_at >= _end) return false;
        _at = last;
        _inner = 0;
        if (++_axis == _grid.Extent) (_axis, _outer) = (0, _outer + 1);
        return true;
    }
}
