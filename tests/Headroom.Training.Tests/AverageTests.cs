using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class AverageTests
{
    private const double Decay = 0.9;

    private static readonly TrainingSettings Short = new() { BatchSize = 30, MaxSteps = 25, AverageDecay = Decay, KeepBest = false, Schedule = new ConstantSchedule { Peak = 0.02 } };

    /// <summary>The weights after each step, without averages.</summary>
    private static List<Dictionary<string, float[]>> Path(int steps) => [.. Enumerable.Range(1, steps).Select(n => Floats(Problems.Train(Short with { AverageDecay = null, MaxSteps = n }).State))];

    private static Dictionary<string, float[]> Floats(Dictionary<string, byte[]> state) => state.ToDictionary(s => s.Key, s => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(s.Value).ToArray());

    [Fact]
    public void What_is_handed_out_is_the_mean_of_the_weights_on_their_way()
    {
        List<Dictionary<string, float[]>> path = Path(25);
        Dictionary<string, float[]> averaged = Floats(Problems.Train(Short).State);
        foreach ((string name, float[] last) in path[^1].Where(p => averaged.ContainsKey(p.Key + AveragedRule.Suffix)))
        {
            // The averages stand in the weights' place, and these in theirs.
            Assert.Equal(last, averaged[name + AveragedRule.Suffix]);
            for (int i = 0; i < last.Length; i++)
            {
                double mean = path[0][name][i];
                for (int step = 2; step <= 25; step++)
                {
                    double stays = Math.Min(Decay, (1.0 + step) / (10.0 + step));
                    mean = stays * mean + (1 - stays) * path[step - 1][name][i];
                }
                Assert.Equal(mean, averaged[name][i], 1e-5);
            }
        }
    }

    [Fact]
    public void Validation_sees_the_averages_and_training_does_not()
    {
        (TrainingResult plain, _) = Problems.Train(Short with { AverageDecay = null, ValidationSteps = 5 });
        (TrainingResult averaged, _) = Problems.Train(Short with { ValidationSteps = 5 });
        Assert.Equal(plain.Document.History.Select(h => h.Loss), averaged.Document.History.Select(h => h.Loss));
        Assert.NotEqual(plain.Document.Validation[^1].Loss, averaged.Document.Validation[^1].Loss);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_best_averages_are_kept_in_memory_as_in_a_folder(bool inFolder)
    {
        string folder = Directory.CreateTempSubdirectory("headroom-ema").FullName;
        try
        {
            // So large a rate that the loss rises again.
            TrainingSettings s = Short with { KeepBest = true, ValidationSteps = 3, CheckpointSteps = 100, Schedule = new CosineSchedule { Peak = 0.5, Steps = 25 } };
            using Session session = new();
            Model model = Problems.Network();
            TrainingResult result = new Trainer(model, s, Problems.Data(), session, new TrainerOptions { CheckpointFolder = inFolder ? folder : null }).Run();
            var weights = new ModelWeights(session, model).ToData();
            long best = result.Document.Validation.MinBy(v => v.Loss)!.Step;
            Dictionary<string, float[]> stopped = Floats(Problems.Train(s with { MaxSteps = best, KeepBest = false }).State);
            foreach ((string name, TensorData data) in weights) Assert.Equal(stopped[name], data.As<float>().ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Micro_batches_average_once_an_update()
    {
        Dictionary<string, float[]> whole = Floats(Problems.Train(Short).State), parts = Floats(Problems.Train(Short with { MicroBatches = 3 }).State);
        foreach ((string name, float[] values) in whole.Where(w => w.Key.EndsWith(AveragedRule.Suffix, StringComparison.Ordinal)))
            for (int i = 0; i < values.Length; i++) Assert.Equal(values[i], parts[name][i], 1e-3);
    }
}
