using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>Normalization of groups of channels: group and instance normalization. x is <c>[batch · groups, channels of a group, places]</c>; parameters are in the computed type (<see cref="Lanes.Computed"/>).</summary>
internal static unsafe class GroupNorm
{
    public struct Work
    {
        public byte* X, Y, Dy, Dx;

        /// <summary>One a channel, or one a group where <see cref="PerGroup"/>.</summary>
        public void* Scale, Bias;

        /// <summary>For each sample and channel the sums of <c>dy · x̂</c> and of dy: <c>[2, batch · channels]</c>.</summary>
        public void* Sums;

        public void* ScaleGradient, BiasGradient;

        public long Batch, Groups, Channels, Places;
        public double Epsilon;
        public bool PerGroup;

        /// <summary>Channels of a group.</summary>
        public readonly long Width => Channels / Groups;

        public readonly long Parameter(long channel) => PerGroup ? channel / Width : channel;
    }

    public static void Forward(Work work, ElementType element) => Lanes.Run(element, new ForwardWork { W = work });

    public static void Backward(Work work, ElementType element) => Lanes.Run(element, new BackwardWork { W = work });

    private struct ForwardWork : ILanesWork
    {
        public Work W;

        public readonly void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
            => Workers.For(new ForwardKernel<T, C> { W = W }, W.Batch * W.Groups, Math.Max(1, (1 << 13) / Math.Max(1, W.Width * W.Places)));
    }

    private struct ForwardKernel<T, C> : IRangeKernel where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            long width = w.Width, n = w.Places;
            int lanes = Vector512<C>.Count;
            for (long group = begin; group < end; group++)
            {
                byte* x = w.X + group * width * n * T.Bytes, y = w.Y + group * width * n * T.Bytes;
                (C mean, C inverse) = Lanes.Statistics<T, C>(x, width * n, w.Epsilon, centred: true);
                for (long k = 0; k < width; k++, x += n * T.Bytes, y += n * T.Bytes)
                {
                    long parameter = w.Parameter(group % w.Groups * width + k);
                    C factor = ((C*)w.Scale)[parameter] * inverse, shift = ((C*)w.Bias)[parameter];
                    Vector512<C> m = Vector512.Create(mean), f = Vector512.Create(factor), s = Vector512.Create(shift);
                    long i = 0;
                    for (; i + lanes <= n; i += lanes) T.Store(y + i * T.Bytes, (T.Load(x + i * T.Bytes) - m) * f + s);
                    for (; i < n; i++) T.Set(y + i * T.Bytes, 0, (T.Get(x + i * T.Bytes, 0) - mean) * factor + shift);
                }
            }
        }
    }

    private struct BackwardWork : ILanesWork
    {
        public Work W;

        public readonly void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
        {
            Workers.For(new BackwardKernel<T, C> { W = W }, W.Batch * W.Groups, Math.Max(1, (1 << 13) / Math.Max(1, W.Width * W.Places)));
            // In the order of the samples, whatever the threads did.
            for (int kind = 0; kind < 2; kind++)
            {
                C* into = (C*)(kind == 0 ? W.ScaleGradient : W.BiasGradient), sums = (C*)W.Sums + kind * W.Batch * W.Channels;
                if (into == null) continue;
                new Span<C>(into, checked((int)(W.PerGroup ? W.Groups : W.Channels))).Clear();
                for (long sample = 0; sample < W.Batch; sample++)
                    for (long channel = 0; channel < W.Channels; channel++) into[W.Parameter(channel)] += sums[sample * W.Channels + channel];
            }
        }
    }

    private struct BackwardKernel<T, C> : IRangeKernel where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            long width = w.Width, n = w.Places;
            int lanes = Vector512<C>.Count;
            for (long group = begin; group < end; group++)
            {
                byte* x = w.X + group * width * n * T.Bytes, dy = w.Dy + group * width * n * T.Bytes;
                C* dots = (C*)w.Sums + group * width, sums = dots + w.Batch * w.Channels;
                (C mean, C inverse) = Lanes.Statistics<T, C>(x, width * n, w.Epsilon, centred: true);
                C sum = C.Zero, dot = C.Zero, count = C.CreateChecked(width * n);
                for (long k = 0; k < width; k++)
                {
                    Channel(x + k * n * T.Bytes, dy + k * n * T.Bytes, n, mean, inverse, out dots[k], out sums[k]);
                    C scale = ((C*)w.Scale)[w.Parameter(group % w.Groups * width + k)];
                    sum += scale * sums[k];
                    dot += scale * dots[k];
                }
                if (w.Dx == null) continue;
                sum /= count;
                dot /= count;
                byte* dx = w.Dx + group * width * n * T.Bytes;
                Vector512<C> m = Vector512.Create(mean), r = Vector512.Create(inverse), a = Vector512.Create(sum), b = Vector512.Create(dot);
                for (long k = 0; k < width; k++, x += n * T.Bytes, dy += n * T.Bytes, dx += n * T.Bytes)
                {
                    C scale = ((C*)w.Scale)[w.Parameter(group % w.Groups * width + k)];
                    Vector512<C> s = Vector512.Create(scale);
                    long i = 0;
                    for (; i + lanes <= n; i += lanes)
                    {
                        Vector512<C> normal = (T.Load(x + i * T.Bytes) - m) * r;
                        T.Store(dx + i * T.Bytes, r * (T.Load(dy + i * T.Bytes) * s - a - normal * b));
                    }
                    for (; i < n; i++)
                    {
                        C normal = (T.Get(x + i * T.Bytes, 0) - mean) * inverse;
                        T.Set(dx + i * T.Bytes, 0, inverse * (T.Get(dy + i * T.Bytes, 0) * scale - sum - normal * dot));
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Channel(byte* x, byte* dy, long n, C mean, C inverse, out C dot, out C sum)
        {
            int lanes = Vector512<C>.Count;
            Vector512<C> sums = Vector512<C>.Zero, dots = sums, m = Vector512.Create(mean), r = Vector512.Create(inverse);
            long i = 0;
            for (; i + lanes <= n; i += lanes)
            {
                Vector512<C> d = T.Load(dy + i * T.Bytes);
                sums += d;
                dots += d * ((T.Load(x + i * T.Bytes) - m) * r);
            }
            sum = Vector512.Sum(sums);
            dot = Vector512.Sum(dots);
            for (; i < n; i++)
            {
                C d = T.Get(dy + i * T.Bytes, 0);
                sum += d;
                dot += d * ((T.Get(x + i * T.Bytes, 0) - mean) * inverse);
            }
        }
    }
}
