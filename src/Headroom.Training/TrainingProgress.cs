using Headroom.Evidence.Documents;

namespace Headroom.Training;

/// <summary>What the run is at.</summary>
public enum TrainingPhase
{
    Training,
    Validating,
    Saving,
}

/// <summary>Where a run stands.</summary>
/// <param name="Phase">What it is at.</param>
/// <param name="Step">Updates so far.</param>
/// <param name="Steps">Updates in all; null where only time limits the run.</param>
/// <param name="Epoch">Passes over the training rows so far, with a fraction.</param>
/// <param name="Loss">The training loss, smoothed over about 50 steps; null before the first one.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="SamplesPerSecond">Rows a second over the last steps.</param>
/// <param name="SecondsLeft">An estimate; null where there is none yet.</param>
/// <param name="WaitShare">The part of the training time spent waiting for batches, 0 to 1.</param>
/// <param name="Validation">The last look at the validation rows.</param>
public sealed record TrainingProgress(TrainingPhase Phase, long Step, long? Steps, double Epoch, double? Loss, double LearningRate, double SamplesPerSecond, double? SecondsLeft,
    double WaitShare, ValidationRecord? Validation);
