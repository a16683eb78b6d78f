using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Tests;

/// <summary>A tensor to be fed, its elements as doubles whatever its type.</summary>
internal sealed record Feed(TensorType Type, double[] Values)
{
    /// <summary>Whether the gradient by it is checked.</summary>
    public bool Differentiate { get; init; } = Type.Element.IsFloat();

    /// <summary>Uniform in [low, high), rounded to the type.</summary>
    public static Feed Random(TensorType type, int seed, double low = -2, double high = 2)
    {
        var random = new Random(seed);
        return Of(type, [.. Enumerable.Range(0, (int)type.Elements).Select(_ => low + random.NextDouble() * (high - low))]);
    }

    /// <summary>Uniform fp64, which gradients are checked in.</summary>
    public static Feed Random(int seed, params long[] dims) => Random(new TensorType(ElementType.Float64, dims), seed);

    /// <summary>Given values, rounded to the type.</summary>
    public static Feed Of(TensorType type, params double[] values)
    {
        var bytes = new byte[8];
        for (int i = 0; i < values.Length; i++)
        {
            Numbers.Write(type.Element, values[i], bytes);
            values[i] = Numbers.Read(type.Element, bytes);
        }
        return new Feed(type, values);
    }

    /// <summary>Integers, such as indices.</summary>
    public static Feed Longs(Shape shape, params long[] values) => Of(new TensorType(ElementType.Int64, shape), [.. values.Select(v => (double)v)]);
}

/// <summary>What one run gave.</summary>
internal sealed record Result(TensorType Type, double[] Values);

/// <summary>Runs small graphs, and compares the gradients that autodiff gives with central differences in fp64.</summary>
internal static class GradientCheck
{
    public delegate Value[] Function(TypedBuilder builder, Value[] inputs);

    /// <summary>Runs a graph once.</summary>
    public static Result[] Evaluate(Function function, params Feed[] feeds)
    {
        var builder = new TypedBuilder("evaluated");
        Value[] inputs = Inputs(builder, feeds), outputs = function(builder, inputs);
        using var session = new Session();
        Program program = session.Compile(builder.Build([.. outputs]));
        Fill(program, inputs, feeds);
        program.Run();
        return [.. outputs.Select(o => Read(program, o))];
    }

    /// <summary>Checks every floating input of a function of one output.</summary>
    public static void Run(Func<TypedBuilder, Value[], Value> function, params Feed[] feeds) => Run((b, x) => [function(b, x)], 1e-6, 1e-6, feeds);

    /// <summary>Checks the gradient of the sum of all outputs, each element with a weight of its own, by every element of every input that asks for it.</summary>
    /// <param name="function">Builds the outputs from the inputs. Non-floating outputs are left out of the sum.</param>
    /// <param name="step">How far an element is moved each way.</param>
    /// <param name="tolerance">Relative to the larger of 1 and the derivative.</param>
    /// <param name="feeds">The inputs.</param>
    public static void Run(Function function, double step, double tolerance, params Feed[] feeds)
    {
        (double loss, _, double[]?[] analytic) = Gradients(function, false, feeds);
        var forwardBuilder = new TypedBuilder("forward");
        Value[] moved = Inputs(forwardBuilder, feeds);
        Value forwardLoss = Loss(forwardBuilder, function(forwardBuilder, moved));
        using var forwardSession = new Session();
        Program forward = forwardSession.Compile(forwardBuilder.Build(forwardLoss));
        double At(Feed[] with)
        {
            Fill(forward, moved, with);
            forward.Run();
            return Read(forward, forwardLoss).Values[0];
        }
        Assert.Equal(At(feeds), loss, 1e-9);
        for (int i = 0; i < feeds.Length; i++)
        {
            if (!feeds[i].Differentiate) continue;
            for (int k = 0; k < feeds[i].Values.Length; k++)
            {
                double[] values = [.. feeds[i].Values];
                Feed[] with = [.. feeds];
                with[i] = feeds[i] with { Values = values };
                values[k] = feeds[i].Values[k] + step;
                double up = At(with);
                values[k] = feeds[i].Values[k] - step;
                double numeric = (up - At(with)) / (2 * step), found = analytic[i]![k];
                Assert.True(Math.Abs(found - numeric) <= tolerance * Math.Max(1, Math.Abs(numeric)), $"input {i} {feeds[i].Type}, element {k}: the gradient is {found}, central differences give {numeric}");
            }
        }
    }

    /// <summary>The loss that <see cref="Run(Function, double, double, Feed[])"/> checks, the function's outputs, and the loss's gradients by the inputs that ask for them (null for the others).</summary>
    /// <param name="function">Builds the outputs from the inputs.</param>
    /// <param name="keep">Whether the outputs are wanted; where not, the plan may overwrite them, as in training.</param>
    /// <param name="feeds">The inputs.</param>
    public static (double Loss, Result[] Outputs, double[]?[] Gradients) Gradients(Function function, bool keep, params Feed[] feeds)
    {
        var builder = new TypedBuilder("gradients");
        Value[] inputs = Inputs(builder, feeds), outputs = [.. function(builder, inputs).Where(o => o.Exists)];
        Value loss = Loss(builder, outputs);
        Value[] wanted = [.. inputs.Where((_, i) => feeds[i].Differentiate)];
        var gradients = new Dictionary<Value, Value>();
        Differentiate.Run(builder, loss, wanted, (by, gradient) => gradients[by] = gradient);
        using var session = new Session();
        Program program = session.Compile(builder.Build([loss, .. keep ? outputs : [], .. gradients.Values.Where(g => g.Exists).Distinct()]));
        Fill(program, inputs, feeds);
        program.Run();
        double[]? By(Value input) => !gradients.TryGetValue(input, out Value g) ? null : g.Exists ? Read(program, g).Values : new double[(int)builder.Type(input).Elements];
        return (Read(program, loss).Values[0], [.. (keep ? outputs : []).Select(o => Read(program, o))], [.. inputs.Select(By)]);
    }

    /// <summary>What each element of an output counts for in the loss.</summary>
    public static Feed Weights(TensorType type) => Feed.Random(type, 4711 + (int)type.Elements, 0.5, 1.5);

    private static Value[] Inputs(TypedBuilder builder, Feed[] feeds) => [.. feeds.Select((f, i) => builder.Input(new Value($"x{i}"), f.Type))];

    private static Value Loss(TypedBuilder builder, Value[] outputs)
    {
        Value sum = Value.None;
        foreach (Value y in outputs.Where(y => y.Exists && builder.Type(y).Element.IsFloat()))
        {
            TensorType type = builder.Type(y);
            Value weighted = builder.Add(new Mul(), y, builder.Constant(Data(Weights(type))));
            Value part = builder.Add(new ReduceSum { KeepDims = false }, weighted);
            sum = sum.Exists ? builder.Add(new Add(), sum, part) : part;
        }
        return sum;
    }

    public static TensorData Data(Feed feed)
    {
        int size = feed.Type.Element.Size();
        var bytes = new byte[feed.Type.Bytes];
        for (int i = 0; i < feed.Values.Length; i++) Numbers.Write(feed.Type.Element, feed.Values[i], bytes.AsSpan(i * size, size));
        return new TensorData(feed.Type, bytes);
    }

    private static void Fill(Program program, Value[] inputs, Feed[] feeds)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!program.Takes(inputs[i])) continue;
            ReadOnlySpan<byte> bytes = Data(feeds[i]).Bytes;
            switch (feeds[i].Type.Element.Size())
            {
                case 8: System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(bytes).CopyTo(program.Input<long>(inputs[i])); break;
                case 4: System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(bytes).CopyTo(program.Input<int>(inputs[i])); break;
                case 2: System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes).CopyTo(program.Input<short>(inputs[i])); break;
                default: bytes.CopyTo(program.Input<byte>(inputs[i])); break;
            }
        }
    }

    private static Result Read(Program program, Value output)
    {
        TensorType type = program.Graph.Type(output);
        ReadOnlySpan<byte> bytes = type.Element.Size() switch
        {
            8 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(program.Output<long>(output)),
            4 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(program.Output<int>(output)),
            2 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(program.Output<short>(output)),
            _ => program.Output<byte>(output),
        };
        return new Result(type, new TensorData(type, bytes.ToArray()).ToDoubles());
    }
}
