// The steps of the peers' README, by hand: a flat list of calls, each buffer freed at its last use. What the graph runtime must reach.
// usage: FlatStep WORKLOAD [--dtype fp32|bf16] [--steps N] [--warmup N] [--threads N] [--batch N] [--keep-weights] [--profile]
// Prints one JSON line with the peers' keys.
using System.Diagnostics;
using System.Globalization;
using Headroom.Bench.FlatStep;
using Headroom.Runtime.LibTorch;

if (args.Length == 0 || args[0] is not ("gpt" or "resnet20"))
{
    Console.Error.WriteLine("usage: FlatStep gpt|resnet20 [--dtype fp32|bf16] [--steps N] [--warmup N] [--threads N] [--batch N] [--keep-weights]");
    return 2;
}
string Option(string name, string fallback)
{
    int i = Array.IndexOf(args, "--" + name);
    return i < 0 || i + 1 >= args.Length ? fallback : args[i + 1];
}
int Number(string name, int fallback) => int.Parse(Option(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

ScalarType type = Option("dtype", "fp32") == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32;
int steps = Number("steps", 30), warmup = Number("warmup", 5);
Library.Load(Number("threads", 2));
long baseline = Status("VmRSS");

int batch = Number("batch", args[0] == "gpt" ? 8 : 128);
IWorkload workload = args[0] == "gpt" ? new Gpt(type, batch, args.Contains("--keep-weights")) : new ResNet20(type, batch);
var times = new List<double>();
double first = double.NaN, last = double.NaN;
for (int step = 0; step < warmup + steps; step++)
{
    if (step == warmup) Profile.Enabled = args.Contains("--profile");
    long start = Stopwatch.GetTimestamp();
    last = workload.Step();
    if (step == 0) first = last;
    if (step >= warmup) times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
}
times.Sort();
double median = times[times.Count / 2];
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{{\"peer\":\"flatstep\",\"workload\":\"{args[0]}\",\"dtype\":\"{type}\",\"batch\":{batch},\"step_s\":{median:G6},\"min_step_s\":{times[0]:G6},\"samples_per_s\":{batch / median:G6},\"first_loss\":{first:G7},\"last_loss\":{last:G7},\"baseline_rss_bytes\":{baseline},\"peak_rss_bytes\":{Status("VmHWM")},\"arena_bytes\":{Arena.Peak}}}"));
if (Profile.Enabled) Profile.Print(steps);
return 0;

static long Status(string key) => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
