using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Tests.Passes;

/// <summary>A few training steps on random rows, and what is left after them: what a pass must not change.</summary>
internal static class Steps
{
    /// <summary>Losses, one a step, and all state.</summary>
    public sealed record Outcome(float[] Losses, SortedDictionary<string, float[]> States)
    {
        /// <summary>The largest difference of any number from the other's, over the larger of 1 and the number's size.</summary>
        public double Distance(Outcome other)
        {
            double most = Losses.Zip(other.Losses, Gap).Max();
            Assert.Equal(States.Keys, other.States.Keys);
            foreach ((string name, float[] values) in States) most = Math.Max(most, values.Zip(other.States[name], Gap).Max());
            return most;
        }

        /// <summary>The root of the mean squared difference of all states' numbers.</summary>
        public double MeanDistance(Outcome other)
            => Math.Sqrt(States.SelectMany(s => s.Value.Zip(other.States[s.Key], (a, b) => ((double)a - b) * (a - b))).Average());

        private static double Gap(float a, float b) => Math.Abs((double)a - b) / Math.Max(1, Math.Abs(a));
    }

    public static TrainingStep Build(Model model, long batch, TrainingStepOptions options) => TrainingStep.Build(model, model.DimensionNames.ToDictionary(n => n, _ => batch), options);

    public static Outcome Run(TypedGraph step, int steps, long classes)
    {
        using var session = new Session();
        Execution.Program program = session.Compile(step);
        session.Initialize(seed: 3);
        var losses = new float[steps];
        for (int i = 0; i < steps; i++)
        {
            ulong stream = (ulong)i * 16;
            foreach (TypedInput input in program.Graph.Inputs) Fill(program, input, ++stream, i, classes);
            program.Run();
            losses[i] = program.Output<float>(Objectives.Loss)[0];
        }
        var states = new SortedDictionary<string, float[]>(StringComparer.Ordinal);
        foreach (StateTensor s in session.States) states[s.Name] = [.. s.ToData().ToDoubles().Select(v => (float)v)];
        return new Outcome(losses, states);
    }

    private static void Fill(Execution.Program program, TypedInput input, ulong stream, int step, long classes)
    {
        if (input.Value == TrainingStep.LearningRate) program.Input<float>(input.Value)[0] = 0.05f;
        else if (input.Value == TrainingStep.StepNumber) program.Input<long>(input.Value)[0] = step + 1;
        else if (input.Value == TrainingForm.Seed) program.Input<long>(input.Value)[0] = 11;
        else if (input.Value == TrainingForm.Position) program.Input<long>(input.Value)[0] = step;
        else if (input.Type.Element == ElementType.Float32) new Philox(5, stream).FillNormal(program.Input<float>(input.Value), 0, 0, 1);
        else
        {
            var philox = new Philox(5, stream);
            Span<long> values = program.Input<long>(input.Value);
            for (int k = 0; k < values.Length; k++) values[k] = (long)(philox.UniformDoubleAt((ulong)k * 2) * classes);
        }
    }
}
