using Headroom.Cli.Bench;
using Headroom.Cli.Profiling;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Planning;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Tests;

/// <summary>By hand: 1 GFLOP/s in fp32, 4 in bf16, 1 GB/s, 1 ms a call.</summary>
public sealed class DiagnosisTests
{
    private static readonly MachineRates Rates = new(1e9, 4e9, 1e9, 1e-3);

    [Fact] // 2 · 100³ FLOPs are 2 ms; 3 · 100² · 4 bytes are 0.12 ms
    public void A_product_is_bound_by_compute()
    {
        NodeLoad n = Load(Product(ElementType.Float32, 100), seconds: 4e-3, Rates with { CallSeconds = 1e-6 });
        Assert.Equal(Binding.Compute, n.Binding);
        Assert.Equal(2e-3, n.Roofline, 9);
        Assert.Equal(0.12e-3, n.Memory, 9);
        Assert.Equal(0.5, StepPart.Of("MatMul", [n]).Reached!.Value, 9);
    }

    [Fact]
    public void A_node_with_little_to_do_is_bound_by_its_call() => Assert.Equal(Binding.CallOverhead, Load(Product(ElementType.Float32, 2), 1e-3, Rates).Binding);

    [Fact]
    public void An_elementwise_node_is_bound_by_traffic() => Assert.Equal(Binding.MemoryTraffic, Load(Chain(1, 1_000_000), 9e-3, Rates).Binding);

    [Fact] // 4 ms in fp32 become 1 ms in bf16
    public void Mixed_precision_gains_the_ratio_of_the_rates()
    {
        NodeLoad n = Load(Product(ElementType.Float32, 100), 4e-3, Rates with { CallSeconds = 1e-6 });
        Lever lever = Advice.Of([n], wait: 0, step: 5e-3)[0];
        Assert.Contains("mixed precision", lever.Name, StringComparison.Ordinal);
        Assert.Equal(3e-3, lever.Saved, 9);
        Assert.Equal(2.5, lever.Gain(5e-3), 9);
    }

    [Fact]
    public void Mixed_precision_is_no_lever_where_it_is_on()
    {
        NodeLoad n = Load(Product(ElementType.BFloat16, 100), 4e-3, Rates with { CallSeconds = 1e-6 });
        Assert.DoesNotContain(Advice.Of([n], 0, 5e-3), l => l.Name.StartsWith("mixed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.04, false)]
    [InlineData(0.06, true)]
    public void A_wait_counts_from_a_twentieth_of_the_step_on(double wait, bool counts)
        => Assert.Equal(counts, Advice.Of([Load(Chain(1, 1_000_000), 9e-3, Rates)], wait, step: 1).Any(l => l.Name.StartsWith("batches", StringComparison.Ordinal)));

    [Fact] // each of two nodes reads and writes 4 MB; the value between is half of each one's traffic
    public void Fusion_saves_the_way_of_the_value_between()
    {
        TypedGraph graph = Chain(2, 1_000_000);
        NodeLoad[] nodes = [.. graph.Nodes.Select(n => Load(graph, n, 8e-3, Rates))];
        Lever lever = Advice.Of(nodes, 0, 16e-3).Single(l => l.Name.StartsWith("fusion", StringComparison.Ordinal));
        Assert.Equal(8e-3, lever.Saved, 6);
    }

    [Fact] // 2e6 FLOPs and 0.12e6 bytes
    public void The_bound_of_a_graph_is_by_type_and_by_bytes()
    {
        StepBound full = StepBound.Of(Product(ElementType.Float32, 100), Rates), half = StepBound.Of(Product(ElementType.BFloat16, 100), Rates);
        Assert.Equal(2e-3, full.Compute.Value, 9);
        Assert.Equal(0.12e-3, full.Memory.Value, 9);
        Assert.Equal(0.5e-3, half.Compute.Value, 9);
        Assert.Equal(0.06e-3, half.Memory.Value, 9);
    }

    private static TypedGraph Product(ElementType type, long side)
    {
        var b = new TypedBuilder("product");
        var matrix = new TensorType(type, side, side);
        return b.Build(b.Add(new MatMul(), b.Input(new Value("a"), matrix), b.Input(new Value("b"), matrix)));
    }

    private static TypedGraph Chain(int count, long elements)
    {
        var b = new TypedBuilder("chain");
        Value x = b.Input(new Value("x"), new TensorType(ElementType.Float32, elements));
        for (int i = 0; i < count; i++) x = b.Add(new Neg(), x);
        return b.Build(x);
    }

    private static NodeLoad Load(TypedGraph graph, double seconds, MachineRates rates) => Load(graph, graph.Nodes[0], seconds, rates);

    private static NodeLoad Load(TypedGraph graph, Node node, double seconds, MachineRates rates) => new(graph, node, 1, seconds, node.Operator.Cost(graph.Signature(node)), rates);
}
