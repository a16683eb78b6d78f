using Headroom.Evidence.Documents;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class HistoryTests
{
    [Fact]
    public void A_long_history_is_thinned_evenly()
    {
        (TrainingResult result, _) = Problems.Train(new TrainingSettings { BatchSize = 4, MaxSteps = 4500, Schedule = new ConstantSchedule { Peak = 1e-4 } }, Problems.Data(rows: 40, validation: 0), Problems.Network(hidden: 2));
        IReadOnlyList<StepRecord> history = result.Document.History;
        Assert.InRange(history.Count, 1000, 2000);
        Assert.Equal(1, history[0].Step);
        Assert.All(history.Zip(history.Skip(1)), p => Assert.Equal(4, p.Second.Step - p.First.Step));
    }
}
