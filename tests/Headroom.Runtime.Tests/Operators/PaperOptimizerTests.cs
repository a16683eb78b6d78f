using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Optimizers beside a plain transcription of their paper's rule, in doubles.</summary>
public class PaperOptimizerTests
{
    private const int Steps = 5;

    private const double Rate = 0.02, Decay = 0.1, Scale = 0.5;

    private static readonly Gen<(long Rows, long Columns, int Seed, bool Half)> Any =
        from rows in Gen.Long[1, 90]
        from columns in Gen.Long[1, 90]
        from seed in Gen.Int[0, 100_000]
        from half in Gen.Bool
        select (rows, columns, seed, half);

    [Fact]
    public void Muon_is_its_paper_s_rule() => Any.Sample(c =>
    {
        long m = c.Rows, n = c.Columns;
        double[] p = [], momentum = new double[m * n];
        Run(new MuonRule { Hidden = [new Value("p")], WeightDecay = Decay }, [m, n], c.Seed, c.Half, start => p = start, g =>
        {
            for (int i = 0; i < g.Length; i++) momentum[i] = 0.95 * momentum[i] + g[i];
            double[] x = [.. g.Zip(momentum, (a, b) => a + 0.95 * b)];
            double norm = Math.Sqrt(x.Sum(v => v * v)) + 1e-7;
            x = [.. x.Select(v => v / norm)];
            for (int i = 0; i < 5; i++)
            {
                double[] a = Product(x, Turned(x, m, n), m, n, m), aa = Product(a, a, m, m, m), b = [.. a.Zip(aa, (u, v) => -4.7750 * u + 2.0315 * v)], bx = Product(b, x, m, m, n);
                x = [.. x.Zip(bx, (u, v) => 3.4445 * u + v)];
            }
            for (int i = 0; i < p.Length; i++) p[i] -= Rate * (0.2 * Math.Sqrt(Math.Max(m, n)) * x[i] + Decay * p[i]);
            return p;
        }, 2e-5);
    }, iter: 30);

    [Fact] // the published claim: singular values end near 1, from 1e-3 of the norm on
    public void Muon_s_update_is_nearly_orthogonal()
    {
        double[] before = [], after = [];
        Run(new MuonRule { Hidden = [new Value("p")], WeightDecay = 0 }, [24, 60], 7, false, start => before = start, _ => before, double.PositiveInfinity, 1, end => after = end);
        double[] o = [.. before.Zip(after, (b, a) => (b - a) / (Rate * 0.2 * Math.Sqrt(60)))], gram = Product(o, Turned(o, 24, 60), 24, 60, 24);
        for (int i = 0; i < 24; i++)
        {
            Assert.InRange(gram[i * 24 + i], 0.4, 1.4);
            double others = Math.Sqrt(Enumerable.Range(0, 24).Where(j => j != i).Sum(j => gram[i * 24 + j] * gram[i * 24 + j]));
            Assert.InRange(others, 0, 0.5);
        }
    }

    [Fact]
    public void Adafactor_is_its_paper_s_rule_for_matrices() => Any.Sample(c =>
    {
        (long m, long n) = (c.Rows, c.Columns);
        double[] p = [], rows = new double[m], columns = new double[n];
        int t = 0;
        Run(new AdafactorRule { WeightDecay = Decay }, [m, n], c.Seed, c.Half, start => p = start, g =>
        {
            double beta = 1 - Math.Pow(++t, -0.8);
            // Sums, as the paper has them.
            for (int i = 0; i < m; i++) rows[i] = beta * rows[i] + (1 - beta) * Enumerable.Range(0, (int)n).Sum(j => g[i * n + j] * g[i * n + j] + 1e-30);
            for (int j = 0; j < n; j++) columns[j] = beta * columns[j] + (1 - beta) * Enumerable.Range(0, (int)m).Sum(i => g[i * n + j] * g[i * n + j] + 1e-30);
            double all = rows.Sum();
            Move(p, [.. g.Select((v, i) => v / Math.Sqrt(rows[i / n] * columns[i % n] / all))]);
            return p;
        }, 1e-5);
    }, iter: 60);

    [Fact]
    public void Adafactor_is_its_paper_s_rule_for_vectors() => Any.Sample(c =>
    {
        double[] p = [], v = new double[c.Rows * c.Columns];
        int t = 0;
        Run(new AdafactorRule { WeightDecay = Decay }, [c.Rows * c.Columns], c.Seed, c.Half, start => p = start, g =>
        {
            double beta = 1 - Math.Pow(++t, -0.8);
            for (int i = 0; i < v.Length; i++) v[i] = beta * v[i] + (1 - beta) * (g[i] * g[i] + 1e-30);
            Move(p, [.. g.Select((x, i) => x / Math.Sqrt(v[i]))]);
            return p;
        }, 1e-5);
    }, iter: 30);

    [Fact]
    public void Convolutions_kernels_are_factored_by_their_first_axis()
    {
        double[] flat = [], deep = [];
        foreach ((long[] dims, Action<double[]> keep) in new (long[], Action<double[]>)[] { ([12, 45], end => flat = end), ([12, 5, 3, 3], end => deep = end) })
            Run(new AdafactorRule(), dims, 3, false, _ => { }, _ => [], double.PositiveInfinity, Steps, keep);
        Assert.Equal(flat, deep);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_bits_do_not_depend_on_threads(bool vector)
    {
        double[] End(int threads)
        {
            Library.SetThreads(threads);
            double[] found = [];
            Run(new AdafactorRule(), vector ? [70_001] : [301, 233], 5, false, _ => { }, _ => [], double.PositiveInfinity, Steps, end => found = end);
            Library.SetThreads(2);
            return found;
        }
        Assert.Equal(End(1), End(2));
    }

    [Fact]
    public void A_gradient_of_zeros_moves_nothing()
    {
        foreach (OptimizerRule rule in new OptimizerRule[] { new MuonRule { Hidden = [new Value("p")], WeightDecay = 0 }, new AdafactorRule() })
        {
            double[] before = [], after = [];
            Run(rule, [5, 9], 1, false, start => before = start, _ => before, double.PositiveInfinity, 3, end => after = end, size: 0);
            Assert.Equal(before, after);
        }
    }

    private static void Move(double[] p, double[] u)
    {
        double size = Math.Sqrt(u.Average(x => x * x));
        for (int i = 0; i < p.Length; i++) p[i] -= Rate * (u[i] / Math.Max(1, size) + Decay * p[i]);
    }

    /// <summary>Runs a rule's node and its transcription side by side and compares the weights after each step.</summary>
    private static void Run(OptimizerRule rule, long[] dims, int seed, bool half, Action<double[]> start, Func<double[], double[]> expected, double tolerance, int steps = Steps, Action<double[]>? end = null, double size = 1)
    {
        var type = new TensorType(ElementType.Float32, dims);
        var b = new TypedBuilder("step");
        var weight = new State(new Value("p"), type, StateKind.Weight, new Initializer.Normal(0, 1)) { Trainable = true };
        b.State(weight);
        Value g = b.Input(new("g"), type with { Element = half ? ElementType.BFloat16 : ElementType.Float32 });
        var inputs = new UpdateInputs(b.Input(new("rate"), new TensorType(ElementType.Float32)), b.Input(new("step"), new TensorType(ElementType.Int64)), b.Input(new("scale"), new TensorType(ElementType.Float32)));
        rule.Apply(b, weight, g, inputs);
        using var session = new Session();
        using Program program = session.Compile(b.Build());
        session.Initialize((ulong)seed);
        start(session.State("p").ToData().ToDoubles());
        long columns = dims.Length == 1 ? dims[0] : type.Elements / dims[0];
        var random = new Random(seed);
        for (int t = 1; t <= steps; t++)
        {
            // Rows of several sizes, and columns that have been forgotten.
            float[] values = [.. Enumerable.Range(0, (int)type.Elements).Select(i => (float)(size * (random.NextDouble() * 2 - 1) * Math.Pow(10, -(i / (int)columns % 3)) * (i % columns == t ? 0 : 1)))];
            ushort[] halves = [.. values.Select(v => Numbers.ToBFloat16(v))];
            if (half) halves.CopyTo(program.Input<ushort>(g));
            else values.CopyTo(program.Input<float>(g));
            program.Input<float>(inputs.LearningRate)[0] = (float)Rate;
            if (program.Takes(inputs.Step)) program.Input<long>(inputs.Step)[0] = t;
            program.Input<float>(inputs.Scale)[0] = (float)Scale;
            program.Run();
            double[] seen = [.. half ? halves.Select(h => Scale * BitConverter.UInt32BitsToSingle((uint)h << 16)) : values.Select(v => Scale * v)];
            double[] wanted = expected(seen), found = session.State("p").ToData().ToDoubles();
            if (double.IsFinite(tolerance)) for (int i = 0; i < found.Length; i++) Assert.Equal(wanted[i], found[i], tolerance * (1 + Math.Abs(wanted[i])));
        }
        end?.Invoke(session.State("p").ToData().ToDoubles());
    }

    private static double[] Product(double[] a, double[] b, long m, long k, long n)
    {
        var y = new double[m * n];
        for (long i = 0; i < m; i++) for (long l = 0; l < k; l++) for (long j = 0; j < n; j++) y[i * n + j] += a[i * k + l] * b[l * n + j];
        return y;
    }

    private static double[] Turned(double[] a, long m, long n)
    {
        var y = new double[m * n];
        for (long i = 0; i < m; i++) for (long j = 0; j < n; j++) y[j * m + i] = a[i * n + j];
        return y;
    }
}
