using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>Reduces a tensor of any type and strides by a <see cref="IReduction"/>; the same bits for any number of threads.</summary>
internal static unsafe class Reducer
{
    /// <param name="walk">The tensor's axes.</param>
    /// <param name="from">Its first element.</param>
    /// <param name="to">The results, behind one another.</param>
    /// <param name="workspace">At least <see cref="ReduceWalk.Workspace"/> bytes.</param>
    /// <param name="element">The tensor's type, and the results' unless they are wide.</param>
    /// <param name="wide">Whether the results are fp64, whatever the tensor is.</param>
    public static void Run<TReduction>(ReduceWalk walk, byte* from, byte* to, byte* workspace, ElementType element, bool wide = false) where TReduction : struct, IReduction
        => Stored.Run(element, new Work<TReduction> { Walk = walk, From = from, To = to, Workspace = workspace, Wide = wide }, TReduction.Real);

    private struct Work<TReduction> : IStoredWork where TReduction : struct, IReduction
    {
        public ReduceWalk Walk;
        public byte* From, To, Workspace;
        public bool Wide;

        public readonly void Run<TStored, T>() where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
        {
            var loop = new Loop<TStored, T, TReduction> { Walk = Walk, From = From, To = To, States = (T*)Workspace, Wide = Wide };
            long grain = Math.Max(1, (1 << 15) / Math.Max(1, Walk.PartLength * Math.Min(Walk.Lanes, ReduceWalk.Block)));
            Workers.For(loop, Walk.Tasks * Walk.Parts, grain);
            if (Walk.Parts > 1) loop.Merge();
        }
    }

    private struct Loop<TStored, T, TReduction> : IRangeKernel where TStored : struct, IStored<T> where T : unmanaged, INumber<T> where TReduction : struct, IReduction
    {
        public ReduceWalk Walk;
        public byte* From, To;
        public T* States;
        public bool Wide;

        public void Run(long begin, long end)
        {
            T* a = stackalloc T[ReduceWalk.Block], b = stackalloc T[ReduceWalk.Block];
            for (long i = begin; i < end; i++)
            {
                long part = i % Walk.Parts, first = part * Walk.PartLength, last = Math.Min(first + Walk.PartLength, Walk.Count);
                (long result, int width, long offset) = Walk.Task(i / Walk.Parts);
                for (int k = 0; k < width; k++) (a[k], b[k]) = (TReduction.Start<T>(), T.Zero);
                if (Walk.Lanes > 1) Columns(a, b, width, offset, first, last);
                else Row(ref *a, ref *b, offset, first, last);
                for (int k = 0; k < width; k++)
                {
                    if (Walk.Parts == 1) Finish(result + k, a[k], b[k]);
                    else (States[((result + k) * Walk.Parts + part) * 2], States[((result + k) * Walk.Parts + part) * 2 + 1]) = (a[k], b[k]);
                }
            }
        }

        /// <summary>Brings the pieces together, in order.</summary>
        public readonly void Merge()
        {
            for (long result = 0; result < Walk.Results; result++)
            {
                T* states = States + result * Walk.Parts * 2;
                T a = states[0], b = states[1];
                for (long part = 1; part < Walk.Parts; part++) TReduction.Merge(ref a, ref b, states[part * 2], states[part * 2 + 1]);
                Finish(result, a, b);
            }
        }

        // Four states side by side, so that an addition needn't wait for the one before.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Row(ref T a, ref T b, long offset, long first, long last)
        {
            T a1 = TReduction.Start<T>(), a2 = a1, a3 = a1, b1 = T.Zero, b2 = b1, b3 = b1;
            long run = first / Walk.Run, column = first % Walk.Run;
            for (long at = first; at < last; run++, column = 0)
            {
                long n = Math.Min(Walk.Run - column, last - at), step = Walk.RunStride, i = offset + Walk.Offset(run) + column * step;
                at += n;
                for (; n >= 4; n -= 4, i += 4 * step)
                {
                    TReduction.Add(ref a, ref b, TStored.Load(From, i));
                    TReduction.Add(ref a1, ref b1, TStored.Load(From, i + step));
                    TReduction.Add(ref a2, ref b2, TStored.Load(From, i + 2 * step));
                    TReduction.Add(ref a3, ref b3, TStored.Load(From, i + 3 * step));
                }
                for (; n > 0; n--, i += step) TReduction.Add(ref a, ref b, TStored.Load(From, i));
            }
            TReduction.Merge(ref a, ref b, a1, b1);
            TReduction.Merge(ref a2, ref b2, a3, b3);
            TReduction.Merge(ref a, ref b, a2, b2);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Columns(T* a, T* b, int width, long offset, long first, long last)
        {
            long step = Walk.LaneStride;
            for (long at = first; at < last; at++)
            {
                long i = offset + Walk.Offset(at / Walk.Run) + at % Walk.Run * Walk.RunStride;
                for (int k = 0; k < width; k++) TReduction.Add(ref a[k], ref b[k], TStored.Load(From, i + k * step));
            }
        }

        private readonly void Finish(long result, T a, T b)
        {
            T value = TReduction.Finish(a, b, Walk.Count);
            if (Wide) ((double*)To)[result] = double.CreateTruncating(value);
            else TStored.Store(To, result, value);
        }
    }
}
