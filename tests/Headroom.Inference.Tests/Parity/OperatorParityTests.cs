using System.Reflection;
using Headroom.Graph;
using Headroom.Graph.Onnx;

namespace Headroom.Inference.Tests.Parity;

public sealed class OperatorParityTests
{
    public static TheoryData<string, int> Exports()
    {
        var data = new TheoryData<string, int>();
        foreach (Case c in Cases.All) foreach (int opset in new SortedSet<int> { c.Oldest, Math.Max(18, c.Oldest), Math.Max(21, c.Oldest), 23 }) data.Add(c.Name, opset);
        return data;
    }

    public static TheoryData<string> Younger() => [.. Cases.All.Where(c => c.Oldest > OnnxWriteOptions.OldestOpset).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Exports))]
    public void Onnx_runtime_gives_our_result(string name, int opset)
    {
        (Model model, CaseBuilder b) = Build(name);
        byte[] file = Both.Export(model, opset);
        IReadOnlyDictionary<string, TensorData> theirs = Both.OnnxRuntime(file, b.Feeds);
        Both.AssertClose(theirs, Both.Ours(model, b.Feeds), "the model");
        Both.AssertClose(theirs, Both.Ours(OnnxReader.Read(file, "m.onnx"), b.Feeds), "the file read back");
    }

    [Theory]
    [MemberData(nameof(Younger))]
    public void An_older_opset_is_refused_with_the_one_to_take(string name)
    {
        int oldest = Cases.All.Single(c => c.Name == name).Oldest;
        var e = Assert.Throws<GraphException>(() => Both.Export(Build(name).Model, oldest - 1));
        Assert.Contains("node '", e.Message);
        Assert.Contains("opset", e.Message);
    }

    [Fact]
    public void Every_operator_that_can_be_read_has_a_case()
    {
        IEnumerable<string> classes = typeof(Operator).Assembly.GetTypes().Where(t => t.GetCustomAttribute<OnnxOperatorAttribute>() is not null).Select(t => t.Name);
        // Random numbers are others in every runtime: RandomTests holds their distributions.
        Assert.Empty(classes.Except(Cases.All.Select(c => c.Name.Split(' ')[0])).Except(["RandomNormalLike", "RandomUniformLike"]));
        Assert.Equal(Cases.All.Count, Cases.All.Select(c => c.Name).Distinct().Count());
    }

    private static (Model Model, CaseBuilder Builder) Build(string name)
    {
        var b = new CaseBuilder();
        Value[] outputs = Cases.All.Single(c => c.Name == name).Build(b);
        return (b.Build(outputs), b);
    }
}
