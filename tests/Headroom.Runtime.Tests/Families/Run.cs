using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Tests.Families;

/// <summary>The first output of a model for one row, with weights of the test's choice.</summary>
internal static class Run
{
    /// <summary>Normal numbers by name and type.</summary>
    public static float[] Weight(State state)
    {
        var values = new float[state.Type.Elements];
        new Philox(state.Value.Name.Aggregate(17UL, (h, c) => unchecked((h * 31) + c)), 0).FillNormal(values, 0, 0, 0.4f);
        return values;
    }

    public static float[] Row(Model model, Func<State, float[]> weight, params ReadOnlySpan<long> tokens) => Row<long>(model, weight, tokens);

    public static float[] Row<T>(Model model, Func<State, float[]> weight, ReadOnlySpan<T> row) where T : unmanaged
    {
        using var session = new Session();
        Execution.Program program = session.Compile(Specialize.Run(model, 1));
        foreach (StateTensor s in session.States) weight(s.Declaration).AsSpan().CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(s.Bytes));
        row.CopyTo(program.Input<T>(model.Inputs[0].Value));
        program.Run();
        return program.Output<float>(model.Outputs[0]).ToArray();
    }

    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"[{i}]: {expected[i]:R} and {actual[i]:R}");
    }
}
