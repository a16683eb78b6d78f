using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Operators;

public class RandomTests
{
    private const int Count = 100_003;

    /// <summary>The normal distribution by its Taylor series, which is exact to 1e-9 up to 4.5.</summary>
    private static double Normal(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 80; n++) sum += (term *= -x * x / (2 * n)) / (2 * n + 1);
        return 0.5 + sum / Math.Sqrt(2 * Math.PI);
    }

    private static float[] Draw(RandomLikeOperator op, long seed = 1, long position = 1, bool training = true, int threads = 2)
    {
        Library.Load();
        int before = Library.Threads;
        Library.SetThreads(threads);
        try
        {
            var m = new ModelBuilder("draw");
            Model model = m.Build(m.Add(op, m.Input("x", ElementType.Float32, Count)));
            using var session = new Session();
            Execution.Program program = session.Compile(Specialize.Run(training ? TrainingForm.Run(model) : model, 1));
            if (training)
            {
                program.Input<long>(TrainingForm.Seed)[0] = seed;
                program.Input<long>(TrainingForm.Position)[0] = position;
            }
            program.Run();
            return program.Output<float>(program.Graph.Outputs[0]).ToArray();
        }
        finally
        {
            Library.SetThreads(before);
        }
    }

    [Fact] // Kolmogorov's bound for the largest gap between two distributions: 1.63 / √n holds for 99 of 100 draws
    public void Normal_numbers_are_normal()
    {
        float[] x = Draw(new RandomNormalLike { Mean = 3, Scale = 2 });
        Array.Sort(x);
        double gap = 0;
        for (int i = 0; i < x.Length; i++) gap = Math.Max(gap, Math.Abs((i + 0.5) / x.Length - Normal((x[i] - 3) / 2)));
        Assert.True(gap < 1.63 / Math.Sqrt(x.Length), $"the distributions lie {gap} apart");
    }

    [Fact]
    public void Uniform_numbers_are_uniform()
    {
        float[] x = Draw(new RandomUniformLike { Low = -1, High = 4 });
        Assert.All(x, v => Assert.InRange(v, -1, MathF.BitDecrement(4)));
        Array.Sort(x);
        double gap = 0;
        for (int i = 0; i < x.Length; i++) gap = Math.Max(gap, Math.Abs((i + 0.5) / x.Length - (x[i] + 1) / 5));
        Assert.True(gap < 1.63 / Math.Sqrt(x.Length), $"the distributions lie {gap} apart");
    }

    [Fact]
    public void Seed_and_position_decide_every_number_and_threads_do_not()
    {
        float[] one = Draw(new RandomNormalLike());
        Assert.Equal(one, Draw(new RandomNormalLike(), threads: 1));
        Assert.NotEqual(one, Draw(new RandomNormalLike(), seed: 2));
        Assert.NotEqual(one, Draw(new RandomNormalLike(), position: 2));
        Assert.InRange(one.Zip(Draw(new RandomNormalLike(), position: 2), (a, b) => (double)a * b).Average(), -0.02, 0.02);
    }

    [Fact]
    public void In_the_inference_form_they_are_the_same_each_time()
    {
        Assert.Equal(Draw(new RandomNormalLike { Seed = 5 }, training: false), Draw(new RandomNormalLike { Seed = 5 }, training: false));
        Assert.NotEqual(Draw(new RandomNormalLike { Seed = 5 }, training: false), Draw(new RandomNormalLike { Seed = 6 }, training: false));
    }

    [Fact]
    public void Two_of_one_step_differ()
    {
        var m = new ModelBuilder("two");
        Value x = m.Input("x", ElementType.Float32, 16);
        Model model = TrainingForm.Run(m.Build(m.Add(new Sub(), m.Add(new RandomNormalLike(), x), m.Add(new RandomNormalLike(), x))));
        using var session = new Session();
        Execution.Program program = session.Compile(Specialize.Run(model, 1));
        program.Input<long>(TrainingForm.Position)[0] = 1;
        program.Run();
        Assert.All(program.Output<float>(program.Graph.Outputs[0]).ToArray(), v => Assert.NotEqual(0, v));
    }
}
