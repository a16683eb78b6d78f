using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Operators;

public class OptimizerTests
{
    private const int Count = 1037, Steps = 20;

    // libtorch's own fused step is the reference, called on copies of the same numbers.
    [Theory]
    [InlineData(0, 1f)]
    [InlineData(0.1, 0.5f)]
    public void AdamW_follows_libtorch_over_twenty_steps(double decay, float scale)
    {
        var op = new AdamW { WeightDecay = decay, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-7 };
        (Session session, Program program) = Compile((b, p, g, rate, step, factor) =>
        {
            Value m = Moment(b, "m"), v = Moment(b, "v"), copy = b.State(new State(new("copy"), new TensorType(ElementType.BFloat16, Count), StateKind.Weight, Initializer.Zeros));
            var u = b.Add(op, "update", [p, g, m, v, rate, step, factor, copy], 4);
            b.Update(p, u[0]);
            b.Update(m, u[1]);
            b.Update(v, u[2]);
            b.Update(copy, u[3]);
        });
        using (session)
        using (Tensor weight = New(session.State("p").ToData().As<float>()), first = New(new float[Count]), second = New(new float[Count]), step = New([0], []))
        {
            for (int t = 1; t <= Steps; t++)
            {
                float[] gradient = Gradient(t);
                float rate = 0.01f / t;
                Step(program, gradient, rate, t, scale);
                using Tensor g = New([.. gradient.Select(v => v * scale)]);
                step.Span<float>()[0] = t;
                // _fused_adamw_(self[], grads[], exp_avgs[], exp_avg_sqs[], max_exp_avg_sqs[], state_steps[], *, lr, beta1, beta2, weight_decay, eps, amsgrad, maximize, grad_scale, found_inf)
                new Dispatcher(new AtenOperator("aten::_fused_adamw_"), "test").ListTensor(weight).ListTensor(g).ListTensor(first).ListTensor(second).ListTensor().ListTensor(step)
                    .Double(rate).Double(0.8).Double(0.95).Double(decay).Double(1e-7).Bool(false).Bool(false).None().None().Invoke(0);
            }
            AssertClose(weight, session.State("p"), 2e-6);
            AssertClose(first, session.State("m"), 2e-6);
            AssertClose(second, session.State("v"), 2e-6);
            Assert.Equal(session.State("p").ToData().As<float>().ToArray().Select(v => Numbers.ToBFloat16(v)), session.State("copy").ToData().As<ushort>().ToArray());
        }
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0.9, false, 0.01)]
    [InlineData(0.9, true, 0.01)]
    public void Sgd_follows_libtorch_over_twenty_steps(double momentum, bool nesterov, double decay)
    {
        var op = new Sgd { Momentum = momentum, Nesterov = nesterov, WeightDecay = decay };
        (Session session, Program program) = Compile((b, p, g, rate, step, factor) =>
        {
            Value velocity = momentum == 0 ? Value.None : Moment(b, "velocity");
            var u = b.Add(op, "update", [p, g, velocity, rate, factor], velocity.Exists ? 2 : 1);
            b.Update(p, u[0]);
            if (velocity.Exists) b.Update(velocity, u[1]);
        });
        using (session)
        using (Tensor weight = New(session.State("p").ToData().As<float>()), velocity = New(new float[Count]))
        {
            for (int t = 1; t <= Steps; t++)
            {
                float[] gradient = Gradient(t);
                float rate = 0.05f / t;
                Step(program, gradient, rate, t, 1);
                using Tensor g = New(gradient);
                // _fused_sgd_(self[], grads[], momentum_buffer_list[], *, weight_decay, momentum, lr, dampening, nesterov, maximize, is_first_step, grad_scale, found_inf)
                var call = new Dispatcher(new AtenOperator("aten::_fused_sgd_"), "test");
                call.ListTensor(weight).ListTensor(g);
                if (momentum == 0) call.ListTensor();
                else call.ListTensor(velocity);
                call.Double(decay).Double(momentum).Double(rate).Double(0).Bool(nesterov).Bool(false).Bool(t == 1).None().None().Invoke(0);
            }
            AssertClose(weight, session.State("p"), 2e-6);
            if (momentum != 0) AssertClose(velocity, session.State("velocity"), 2e-6);
        }
    }

    [Fact]
    public void Norm_of_all_gradients_does_not_depend_on_how_they_are_stored()
    {
        Feed a = Feed.Random(new TensorType(ElementType.Float32, 200_001), 1), b16 = Feed.Random(new TensorType(ElementType.BFloat16, 3, 5), 2), c = Feed.Random(new TensorType(ElementType.Float32, 1), 3);
        double expected = Math.Sqrt(new[] { a, b16, c }.Sum(f => f.Values.Sum(v => v * v)));
        float found = (float)GradientCheck.Evaluate((b, v) => [b.Add(new GlobalNorm(), v)], a, b16, c)[0].Values[0];
        Assert.Equal((float)expected, found, 1e-7 * expected);
        Assert.Equal(found, (float)GradientCheck.Evaluate((b, v) => [b.Add(new GlobalNorm(), v)], a, b16, c)[0].Values[0]);
    }

    [Fact]
    public void The_norm_survives_gradients_whose_squares_overflow_fp32()
        => Assert.Equal(1e30 * Math.Sqrt(2), GradientCheck.Evaluate((b, v) => [b.Add(new GlobalNorm(), v)], Feed.Of(new TensorType(ElementType.Float32, 2), 1e30, 1e30))[0].Values[0], 1e24);

    [Theory]
    [InlineData(4, 0.5)]
    [InlineData(1, 1)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(double.NaN, double.NaN)]
    public void Clipping_scales_only_what_is_too_long(double norm, double expected)
        => Assert.Equal(expected, GradientCheck.Evaluate((b, v) => [b.Add(new ClipScale { MaxNorm = 2 }, v)], Feed.Of(new TensorType(ElementType.Float32), norm))[0].Values[0], 1e-6);

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    public void Accumulation_adds_a_share_of_each_gradient(ElementType element)
    {
        Feed sum = Feed.Random(new TensorType(ElementType.Float32, 101), 1), gradient = Feed.Random(new TensorType(element, 101), 2);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new Accumulate { Factor = 0.25 }, v)], sum, gradient)[0];
        for (int i = 0; i < 101; i++) Assert.Equal(sum.Values[i] + 0.25 * gradient.Values[i], y.Values[i], 1e-6);
    }

    private static Value Moment(TypedBuilder b, string name) => b.State(new State(new(name), new TensorType(ElementType.Float32, Count), StateKind.OptimizerState, Initializer.Zeros));

    private static (Session Session, Program Program) Compile(Action<TypedBuilder, Value, Value, Value, Value, Value> update)
    {
        var b = new TypedBuilder("step");
        Value p = b.State(new State(new("p"), new TensorType(ElementType.Float32, Count), StateKind.Weight, new Initializer.Normal(0, 1)));
        Value g = b.Input(new("g"), new TensorType(ElementType.Float32, Count)), rate = b.Input(new("rate"), new TensorType(ElementType.Float32)), step = b.Input(new("step"), new TensorType(ElementType.Int64)), factor = b.Input(new("factor"), new TensorType(ElementType.Float32));
        update(b, p, g, rate, step, factor);
        var session = new Session();
        Program program = session.Compile(b.Build());
        session.Initialize(3);
        return (session, program);
    }

    private static void Step(Program program, float[] gradient, float rate, long step, float factor)
    {
        gradient.CopyTo(program.Input<float>(new("g")));
        program.Input<float>(new("rate"))[0] = rate;
        if (program.Takes(new("step"))) program.Input<long>(new("step"))[0] = step;
        program.Input<float>(new("factor"))[0] = factor;
        program.Run();
    }

    private static float[] Gradient(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
    }

    private static Tensor New(ReadOnlySpan<float> values) => New(values, [Count]);

    private static Tensor New(ReadOnlySpan<float> values, long[] shape)
    {
        Library.Load();
        Tensor t = Tensor.Empty(shape, ScalarType.Float32, Device.Cpu);
        values.CopyTo(t.Span<float>());
        return t;
    }

    private static void AssertClose(Tensor expected, StateTensor found, double tolerance)
    {
        float[] a = expected.Span<float>().ToArray(), b = found.ToData().As<float>().ToArray();
        for (int i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], tolerance * Math.Max(1, Math.Abs(a[i])));
    }
}
