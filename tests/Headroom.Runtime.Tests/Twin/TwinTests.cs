using CsCheck;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>Values and gradients beside libtorch's own autograd, in fp64 on random shapes.</summary>
public sealed class TwinTests
{
    private static readonly TwinCase[] All = [.. typeof(TwinFamily).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(TwinFamily))).OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(t => ((TwinFamily)Activator.CreateInstance(t)!).All)];

    public static TheoryData<string> Names() => [.. All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Libtorch_s_autograd_gives_our_gradient(string name)
    {
        Assert.SkipUnless(Tape.Works, "this libtorch doesn't export what hands a gradient out");
        TwinCase twin = All.Single(c => c.Name == name);
        Gen.Int[0, 1 << 30].Sample(seed => Compare(twin, seed), iter: 25, threads: 1);
    }

    [Fact]
    public void A_wrong_gradient_is_seen()
    {
        Assert.SkipUnless(Tape.Works, "this libtorch doesn't export what hands a gradient out");
        var twin = new TwinCase("Sin as Cos", d => [d.Feed([3])], (g, x) => g.Add(new Headroom.Graph.Operators.Sin(), x[0]), (t, x) => t.Op("cos", x[0]));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Compare(twin, 1));
    }

    [Fact]
    public void Gradients_are_off_again_afterwards()
    {
        Assert.SkipUnless(Tape.Works, "this libtorch doesn't export what hands a gradient out");
        Feed feed = Feed.Random(1, 3);
        long before = Tensor.Live;
        using (var tape = new Tape())
        {
            Tensor x = tape.Leaf(feed);
            tape.Backward(tape.Op("exp", x), tape.Constant(GradientCheck.Weights(feed.Type)), x);
            double[] weights = GradientCheck.Weights(feed.Type).Values;
            Assert.Equal(feed.Values.Select((v, i) => Math.Exp(v) * weights[i]), tape.Gradient(x), (a, b) => Math.Abs(a - b) < 1e-12);
        }
        // Not an equality: other tests make and free tensors at the same time.
        Assert.True(Tensor.Live <= before + 1000);
    }

    private static void Compare(TwinCase twin, int seed)
    {
        Feed[] feeds = twin.Inputs(new Draw(seed));
        (_, Result[] outputs, double[]?[] gradients) = GradientCheck.Gradients((g, x) => [twin.Ours(g, x)], true, feeds);
        using var tape = new Tape();
        Tensor[] leaves = [.. feeds.Select(tape.Leaf)];
        Tensor y = twin.Theirs(tape, leaves);
        string at = $"{twin.Name}, seed {seed}, {string.Join(" ", feeds.Select(f => f.Type))}";
        Assert.Equal(outputs[0].Type.Shape.Dims.ToArray(), y.Sizes.ToArray());
        Close(tape.Values(y), outputs[0].Values, twin.Tolerance, at + ": value");
        tape.Backward(y, tape.Constant(GradientCheck.Weights(outputs[0].Type)), [.. leaves.Where((_, i) => feeds[i].Differentiate)]);
        for (int i = 0; i < feeds.Length; i++)
            if (feeds[i].Differentiate) Close(tape.Gradient(leaves[i]), gradients[i]!, twin.Tolerance, $"{at}: gradient by input {i}");
    }

    private static void Close(double[] theirs, double[] ours, double tolerance, string what)
    {
        Assert.Equal(theirs.Length, ours.Length);
        for (int i = 0; i < theirs.Length; i++)
            Assert.True(Math.Abs(theirs[i] - ours[i]) <= tolerance * Math.Max(1, Math.Abs(theirs[i])), $"{what}, element {i}: {ours[i]}, libtorch has {theirs[i]}");
    }
}
