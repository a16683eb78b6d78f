using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Runtime.Tests;

public sealed class TimelineTests
{
    private static TypedGraph TwoNodes()
    {
        var b = new TypedBuilder("two");
        return b.Build(b.Add(new Exp(), b.Add(new Neg(), b.Input(new Value("x"), new TensorType(ElementType.Float32, 64)))));
    }

    [Fact]
    public void A_watched_program_writes_down_its_nodes_in_the_order_of_the_graph()
    {
        using var session = new Session();
        Program program = session.Compile(TwoNodes());
        program.InputBytes(new Value("x")).Clear();
        program.Run();
        var timeline = new Timeline();
        program.Watch = timeline;
        program.Run();
        program.Watch = null;
        program.Run();
        Assert.Equal(["Neg", "Exp"], timeline.Nodes.Select(n => n.Node.Operator.Name));
        Assert.True(timeline.Nodes[0].Start <= timeline.Nodes[0].End && timeline.Nodes[0].End <= timeline.Nodes[1].Start);
    }

    [Fact] // a core does a GFLOP/s and reads a GB/s since the 1990s; none does a PFLOP/s
    public void The_rates_are_those_of_a_machine()
    {
        MachineRates rates = RateProbe.Measure();
        Assert.All([rates.Float32, rates.BFloat16, rates.Bandwidth], r => Assert.InRange(r, 1e8, 1e15));
        Assert.InRange(rates.CallSeconds, 1e-9, 1e-3);
        Assert.Equal(rates.BFloat16, rates.Matrix(ElementType.BFloat16));
    }
}
