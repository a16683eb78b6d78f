using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using CsCheck;
using Headroom.Runtime.Kernels.Linear;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Fused;

/// <summary>Held against sums in double precision, over sizes around the edges of tiles, panels and blocks.</summary>
public sealed unsafe class BlockedProductTests
{
    private static readonly Gen<int> Size = Gen.OneOf(Gen.Int[1, 40], Gen.OneOf([.. new[] { 12, 13, 32, 33, 64, 95, 255, 256, 257, 300 }.Select(Gen.Const)]));

    private static readonly Gen<(int Rows, int Columns, int Inner, bool TurnA, bool TurnB, int Gap, int Start, int Seed)> Cases =
        Gen.Select(Size, Size, Gen.OneOf(Size, Gen.OneOf([.. new[] { 511, 512, 513, 1030 }.Select(Gen.Const)])), Gen.Bool, Gen.Bool, Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int);

    [Fact]
    public void Equals_the_sums_for_any_size_layout_and_start()
    {
        Assert.SkipUnless(Avx512F.IsSupported, "this processor has no AVX-512");
        Cases.Sample(c =>
        {
            using var operands = new Product(c.Rows, c.Columns, c.Inner, c.TurnA, c.TurnB, c.Gap, c.Seed);
            float[] begun = operands.C.ToArray(), bias = operands.Bias.ToArray();
            fixed (float* row = bias) operands.Run(c.Start switch { 1 => row, 2 => operands.Address, _ => null }, c.Start == 2 ? c.Columns + c.Gap : 0);
            for (int i = 0; i < c.Rows; i++)
            {
                for (int j = 0; j < c.Columns; j++)
                {
                    int at = i * (c.Columns + c.Gap) + j;
                    double expected = operands.Sum(i, j, out double size) + (c.Start switch { 1 => bias[j], 2 => begun[at], _ => 0 });
                    Assert.Equal(expected, operands.C[at], 1e-6 * (size + 1));
                }
                for (int j = c.Columns; j < c.Columns + c.Gap; j++) Assert.Equal(begun[i * (c.Columns + c.Gap) + j], operands.C[i * (c.Columns + c.Gap) + j]);
            }
        }, iter: 200, threads: 1);
    }

    [Theory]
    [InlineData(400, 96, 700)]
    [InlineData(96, 400, 700)]
    public void Threads_do_not_change_a_bit(int rows, int columns, int inner)
    {
        Assert.SkipUnless(Avx512F.IsSupported, "this processor has no AVX-512");
        Library.Load();
        int threads = Library.Threads;
        try
        {
            var results = new List<float[]>();
            foreach (int count in (int[])[1, 2, 3])
            {
                Library.SetThreads(count);
                using var operands = new Product(rows, columns, inner, true, false, 0, 7);
                operands.Run(null, 0);
                results.Add(operands.C.ToArray());
            }
            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            Library.SetThreads(threads);
        }
    }

    /// <summary>Two operands, one start and a result whose rows lie further apart than they are long.</summary>
    private sealed class Product : IDisposable
    {
        private readonly float[] _a, _b, _c;
        private readonly int _rows, _columns, _inner, _pitch;
        private readonly Matrix _left, _right;
        private readonly GCHandle[] _pins;

        public Product(int rows, int columns, int inner, bool turnA, bool turnB, int gap, int seed)
        {
            var random = new Random(seed);
            (_rows, _columns, _inner, _pitch) = (rows, columns, inner, columns + gap);
            _a = Draw((turnA ? inner : rows) * ((turnA ? rows : inner) + gap));
            _b = Draw((turnB ? columns : inner) * ((turnB ? inner : columns) + gap));
            _c = Draw(rows * _pitch);
            Bias = Draw(columns);
            _pins = [.. new[] { _a, _b, _c }.Select(v => GCHandle.Alloc(v, GCHandleType.Pinned))];
            _left = turnA ? new Matrix(_pins[0].AddrOfPinnedObject(), 1, rows + gap) : new Matrix(_pins[0].AddrOfPinnedObject(), inner + gap, 1);
            _right = turnB ? new Matrix(_pins[1].AddrOfPinnedObject(), 1, inner + gap) : new Matrix(_pins[1].AddrOfPinnedObject(), columns + gap, 1);

            float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
        }

        public float[] Bias { get; }

        public Span<float> C => _c;

        public float* Address => (float*)_pins[2].AddrOfPinnedObject();

        public void Run(float* start, long startRow) => BlockedProduct.Run(_left, _right, start, startRow, Address, _pitch, _rows, _columns, _inner);

        public double Sum(int i, int j, out double size)
        {
            double sum = size = 0;
            for (int k = 0; k < _inner; k++)
            {
                double term = (double)_left.At(i, k).Data[0] * _right.At(k, j).Data[0];
                sum += term;
                size += Math.Abs(term);
            }
            return sum;
        }

        public void Dispose()
        {
            foreach (GCHandle pin in _pins) pin.Free();
        }
    }
}
