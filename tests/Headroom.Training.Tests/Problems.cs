using Headroom.Data.Tables;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Runtime.Execution;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

/// <summary>Small things to learn.</summary>
internal static class Problems
{
    public const int Inputs = 8, Classes = 3;

    /// <summary>Rows around three centres; the classes can be told apart.</summary>
    public static TensorTable Clusters(int rows, ulong seed = 1, Action<float[]>? spoil = null)
    {
        float[] centres = new float[Classes * Inputs], features = new float[rows * Inputs];
        new Philox(99, 0).FillNormal(centres, 0, 0, 2);
        new Philox(seed, 1).FillNormal(features);
        int[] labels = new int[rows];
        for (int r = 0; r < rows; r++)
        {
            labels[r] = r % Classes;
            for (int i = 0; i < Inputs; i++) features[(r * Inputs) + i] += centres[(labels[r] * Inputs) + i];
        }
        spoil?.Invoke(features);
        return new TensorTable(new DenseField<float>(new Field("numbers", FieldType.Float32, [Inputs]), features), new IdField(new Field("label", FieldType.Int64, []), labels));
    }

    public static TrainingData Data(int rows = 300, int validation = 50, Action<float[]>? spoil = null) => TrainingData.All(Clusters(rows, 1, spoil), validation > 0 ? Clusters(validation, 2) : null);

    public static Model Network(long hidden = 16, double dropout = 0) => Objectives.Classification(Mlp.Build(new MlpOptions { Inputs = Inputs, Hidden = [hidden], Classes = Classes, Dropout = dropout }));

    /// <summary>A network with running statistics.</summary>
    public static Model NormalizedNetwork()
    {
        var m = new ModelBuilder("normalized");
        Value x = m.Input("numbers", ElementType.Float32, "batch", Inputs);
        Value h = m.Relu(m.BatchNorm(m.Reshape(m.Linear(x, Inputs, 16, "in"), 0, 16, 1, 1), 16, "norm"));
        return Objectives.Classification(m.Build(m.AddNamed("logits", new Graph.Operators.Identity(), m.Linear(m.Reshape(h, 0, 16), 16, Classes, "head"))));
    }

    /// <summary>Trains once, in a session of its own, and gives back the result and every state tensor.</summary>
    public static (TrainingResult Result, Dictionary<string, byte[]> State) Train(TrainingSettings settings, TrainingData? data = null, Model? model = null, TrainerOptions? options = null,
        bool resume = false, CancellationToken cancellation = default)
    {
        using Session session = new();
        TrainingResult result = new Trainer(model ?? Network(), settings, data ?? Data(), session, options).Run(resume, cancellation);
        return (result, session.States.Where(s => s.Declaration.Kind != StateKind.GradientSum).ToDictionary(s => s.Name, s => s.Bytes.ToArray()));
    }

    public static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, byte[] bytes) in expected) Assert.True(bytes.AsSpan().SequenceEqual(actual[name]), $"'{name}' differs");
    }
}

/// <summary>Asks to stop in the middle of one step: after its batch was drawn, before it is run.</summary>
internal sealed record StoppingSchedule(CancellationTokenSource Source, long Step) : LearningRateSchedule
{
    [System.Text.Json.Serialization.JsonIgnore]
    public CancellationTokenSource Source { get; init; } = Source;

    [System.Text.Json.Serialization.JsonIgnore]
    public long Step { get; init; } = Step;

    public override string Name => "stopping";

    protected override double AfterWarmUp(long step)
    {
        if (step + 1 == Step) Source.Cancel();
        return Peak / (1 + step);
    }
}

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class Temporary : IDisposable
{
    public Temporary() => Path = Directory.CreateTempSubdirectory("headroom-training-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Join(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
