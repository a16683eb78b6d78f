using System.Diagnostics;
using Headroom.Evidence;
using Headroom.Runtime.Execution;
using Headroom.Training.Checkpoints;

namespace Headroom.Training.Tests;

/// <summary>A training run in a process of its own, which may be killed. It resumes where a checkpoint is.</summary>
internal static class ChildRun
{
    public const string Command = "train-child";

    private const int InputFault = 2;

    /// <summary>Starts the run; <paramref name="prefix"/> is what it is started under, such as <c>unshare</c> with its arguments.</summary>
    public static Process Start(string folder, string weights, long steps, params IEnumerable<string> prefix)
    {
        string[] command = [.. prefix, Environment.ProcessPath!, Command, folder, weights, steps.ToString()];
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    public static int Run(string[] args)
    {
        try
        {
            (string folder, string weights, long steps) = (args[0], args[1], long.Parse(args[2]));
            using Session session = new();
            var settings = new TrainingSettings { BatchSize = 64, MaxSteps = steps, CheckpointSteps = 20, CheckpointSeconds = null, Seed = 5, ClipNorm = 1, ValidationSteps = 50, Patience = 1000 };
            Trainer trainer = new(Problems.Network(hidden: 128, dropout: 0.2), settings, Problems.Data(rows: 1000, validation: 100), session, new TrainerOptions { CheckpointFolder = folder });
            trainer.Run(resume: true);
            SafetensorsWriter.Write(weights, session.States.Select(s => SafetensorsEntry.Of(s.Name, s.ToData())));
            return 0;
        }
        catch (InputException e)
        {
            Console.Error.WriteLine(e.Message);
            return InputFault;
        }
    }
}
