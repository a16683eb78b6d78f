using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.LibTorch;

public sealed unsafe class BindingTests
{
    static readonly AtenOperator Softmax = new("aten::_softmax"), Split = new("aten::split_with_sizes"), Gelu = new("aten::gelu"), Sum = new("aten::sum", "dim_IntList"), To = new("aten::to", "dtype"), Cat = new("aten::cat");

    public BindingTests() => Library.Load(2);

    static Tensor Of(ReadOnlySpan<long> shape, params float[] values)
    {
        Tensor result = Tensor.Empty(shape, ScalarType.Float32, Device.Cpu);
        values.CopyTo(result.Span<float>());
        return result;
    }

    [Fact]
    public void Every_kind_of_argument_and_result_passes_through_the_dispatcher()
    {
        using Tensor x = Of([2, 3], 1, 2, 3, 4, 5, 6);
        var sum = new Dispatcher(Sum, "node");
        sum.Tensor(x).OptionalListInt(1).Bool(false).OptionalScalarType(ScalarType.Float64);
        using Tensor sums = sum.InvokeTensor();
        Assert.Equal(ScalarType.Float64, sums.ScalarType);
        Assert.Equal([6.0, 15.0], sums.Span<double>().ToArray());
        var gelu = new Dispatcher(Gelu);
        gelu.Tensor(x).String("none");
        using Tensor y = gelu.InvokeTensor();
        Assert.Equal(0.8413447f, y.Span<float>()[0], 1e-6f);
        var split = new Dispatcher(Split);
        split.Tensor(x).ListInt(1, 2).Int(1);
        split.Invoke();
        Tensor[] pieces = split.ListAt(0);
        Assert.Equal([2, 2], pieces[1].Sizes.ToArray());
        var cat = new Dispatcher(Cat);
        cat.ListTensor(pieces[1], pieces[0]).Int(1);
        using Tensor joined = cat.InvokeTensor();
        Assert.Equal([2f, 3, 1, 5, 6, 4], joined.Span<float>().ToArray());
        foreach (Tensor piece in pieces) piece.Dispose();
    }

    [Fact]
    public void Products_take_transposed_views_and_write_where_they_are_told()
    {
        using Tensor a = Of([2, 3], 1, 2, 3, 4, 5, 6);
        using Tensor transposed = a.Transposed();
        float* memory = stackalloc float[4];
        using Tensor into = Tensor.Wrap(memory, [2, 2], ScalarType.Float32, Device.Cpu);
        Shims.For(Device.Cpu).MmOut(into, a, transposed);
        Assert.Equal([14f, 32, 32, 77], new Span<float>(memory, 4).ToArray());
        Shims.For(Device.Cpu).AddmmOut(into, into, a, transposed, beta: -1);
        Assert.Equal([0f, 0, 0, 0], new Span<float>(memory, 4).ToArray());
    }

    [Fact]
    public void A_refused_call_names_operator_and_node()
    {
        using Tensor x = Of([2], 1, 2);
        var e = Assert.Throws<LibTorchException>(() =>
        {
            var call = new Dispatcher(Softmax, "encoder.0/attention");
            call.Tensor(x).Int(5).Bool(false);
            using Tensor y = call.InvokeTensor();
        });
        Assert.Contains("encoder.0/attention", e.Message, StringComparison.Ordinal);
        Assert.Contains("aten::_softmax", e.Message, StringComparison.Ordinal);
    }

    [Fact] // the other tests of the collection may hold some while this runs, so only these are counted
    public void A_disposed_tensor_is_dead_and_may_be_disposed_again()
    {
        Tensor x = Of([2], 1, 2);
        Tensor shared = x.Share();
        x.Dispose();
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x.Elements);
        Assert.Equal(2f, shared.Span<float>()[1]);
        shared.Dispose();
    }

    struct Mark : IRangeKernel
    {
        public int* Seen;

        public readonly void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++) Seen[i]++;
        }
    }

    [Fact]
    public void Workers_do_each_piece_once()
    {
        int* seen = stackalloc int[1000];
        new Span<int>(seen, 1000).Clear();
        Workers.For(new Mark { Seen = seen }, 1000, 7);
        Assert.All(new Span<int>(seen, 1000).ToArray(), v => Assert.Equal(1, v));
        Assert.Equal(2, Library.Threads);
    }
}
