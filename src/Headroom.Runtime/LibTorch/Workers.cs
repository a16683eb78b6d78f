using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headroom.Runtime.LibTorch;

/// <summary>A piece of work over a range, as a struct of pointers so that nothing is boxed or allocated.</summary>
public interface IRangeKernel
{
    /// <summary>Does the elements (rows, columns) from <paramref name="begin"/> up to <paramref name="end"/>. Must not throw: it runs on a native thread.</summary>
    void Run(long begin, long end);
}

/// <summary>Our kernels over libtorch's own threads, so that there is one pool and nothing is oversubscribed. An empty region costs under a microsecond.</summary>
public static unsafe class Workers
{
    struct Frame
    {
        public delegate*<void*, long, long, void> Body;
        public void* Kernel;
    }

    /// <summary>Runs the kernel over <c>[0, count)</c>, split into one contiguous piece a thread: the same pieces each time for a fixed number of threads.</summary>
    /// <param name="kernel">The work.</param>
    /// <param name="count">How many elements, rows or columns.</param>
    /// <param name="grain">The fewest worth a thread of their own.</param>
    public static void For<TKernel>(TKernel kernel, long count, long grain = 1) where TKernel : unmanaged, IRangeKernel
    {
        if (count <= 0) return;
        if (!Library.Loaded || count <= grain)
        {
            kernel.Run(0, count);
            return;
        }
        Frame frame;
        frame.Body = &Invoke<TKernel>;
        frame.Kernel = &kernel;
        Native.Check(Native.ParallelFor(0, count, grain, &Enter, &frame), "torch_parallel_for");
    }

    /// <summary>How many pieces a kernel with its own scratch a piece should make: libtorch's threads, or 1 where it is not loaded.</summary>
    public static int Pieces => Library.Loaded ? Library.Threads : 1;

    [UnmanagedCallersOnly]
    static void Enter(long begin, long end, void* context)
    {
        Frame* frame = (Frame*)context;
        frame->Body(frame->Kernel, begin, end);
    }

    static void Invoke<TKernel>(void* kernel, long begin, long end) where TKernel : unmanaged, IRangeKernel
        => Unsafe.AsRef<TKernel>(kernel).Run(begin, end);
}
