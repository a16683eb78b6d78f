using System.CommandLine;
using System.Globalization;
using System.Text;
using Headroom.Devices;
using Headroom.Devices.Meters;
using Headroom.Devices.Power;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Planning;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;
using Headroom.Statistics;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bench device</c>: what this machine does at the most, saved as its profile.</summary>
internal static class BenchDeviceCommand
{
    public static Command Create()
    {
        var threads = new Option<int?>("--threads") { Description = "All cores without." };
        var seconds = new Option<double>("--seconds") { Description = "To be spent on each of 18 figures.", DefaultValueFactory = _ => 0.6 };
        var json = new Option<bool>("--json") { Description = "Prints the document that is saved." };
        var command = new Command("device", "Measures matrix products and convolutions by type and shape, memory and calls, and saves them as this machine's profile: plans state their bounds by it.\n\nExample:  headroom bench device") { threads, seconds, json };
        command.SetAction((parsed, cancellation) =>
        {
            Library.Load(parsed.GetValue(threads) is int t ? BenchCommand.Positive(t, "--threads") : null);
            double each = BenchCommand.Positive(parsed.GetValue(seconds), "--seconds");
            var measured = new List<Measurement>();
            foreach (DeviceFigure figure in DeviceProbe.Measure(each))
            {
                cancellation.ThrowIfCancellationRequested();
                (double low, double high) = MedianInterval.Of([.. figure.Values]);
                var m = new Measurement(figure.Name, Quantiles.Median([.. figure.Values]), figure.Unit, new Interval(low, high), $"{figure.Method}; {MedianInterval.Method}");
                measured.Add(m);
                if (!parsed.GetValue(json)) Console.Out.WriteLine(Line(m));
            }
            var document = new MachineDocument { Created = DateTimeOffset.UtcNow, Machine = MachinePlan.Machine(), Measurements = measured };
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(MachineProfile.Path))!);
            EvidenceJson.Write(MachineProfile.Path, document);
            Console.Out.WriteLine(parsed.GetValue(json) ? Encoding.UTF8.GetString(EvidenceJson.Serialize(document)).TrimEnd() : $"saved as {MachineProfile.Path}");
            if (!parsed.GetValue(json)) Energy();
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    /// <summary>What this machine can say of energy, and by what it is estimated where it can't.</summary>
    private static void Energy()
    {
        foreach (MeterSearch search in EnergyAccount.Machine()) Console.Out.WriteLine($"energy by {search.Why}");
        MachinePower power = MachinePower.Of(Environment.ProcessorCount);
        Console.Out.WriteLine($"power {(power.Watts is Watts w ? $"{w}, " : "")}{power.Method}");
    }

    private static string Line(Measurement m)
    {
        (double scale, string unit) = m.Unit switch { "flop/s" => (1e9, "GFLOP/s"), "bytes/s" => (1e9, "GB/s"), _ => (1, "") };
        return m.Unit == "seconds"
            ? $"{m.Name,-32}{new Seconds(m.Value),12}"
            : string.Create(CultureInfo.InvariantCulture, $"{m.Name,-32}{m.Value / scale,8:F1} {unit,-8} [{m.Interval!.Value.Low / scale:F1}, {m.Interval.Value.High / scale:F1}]");
    }
}
