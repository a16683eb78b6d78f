using System.Diagnostics;
using System.Globalization;
using System.Text;
using Headroom.Graph.Tests.Fuzzing;
using Headroom.Training.Tests.Fuzzing;

// Breaks files and gives them to their reader until the time is up:
//   dotnet run --project bench/Fuzz -c Release -- --minutes 10 [--target onnx|config|safetensors|index] [--seed N] [--corpus FOLDER] [--out FOLDER]
// The corpus is a folder with ONNX files; the other readers have theirs in the code.
// A finding is written with its seed and the file that caused it. Exit code 0 without one, 1 with, 2 for a wrong option.

double minutes = 10;
int seed = 1, findings = 0;
string? corpusFolder = null;
string output = "fuzz-findings", target = "onnx";
for (int i = 0; i < args.Length; i += 2)
{
    string value = i + 1 < args.Length ? args[i + 1] : "";
    bool good = args[i] switch
    {
        "--minutes" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out minutes) && minutes > 0,
        "--seed" => int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out seed),
        "--corpus" => Directory.Exists(corpusFolder = value),
        "--target" => (target = value) is "onnx" or "config" or "safetensors" or "index",
        "--out" => (output = value).Length > 0,
        _ => false,
    };
    if (good) continue;
    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Give --minutes N, --target onnx, config, safetensors or index, --seed N, --corpus FOLDER, --out FOLDER.");
    return 2;
}

string scratch = Directory.CreateTempSubdirectory("fuzz-").FullName;
(Func<int, byte[]> make, Func<byte[], FuzzResult> run) = Target();
var watch = Stopwatch.StartNew();
TimeSpan end = TimeSpan.FromMinutes(minutes), next = TimeSpan.FromSeconds(10);
long cases = 0, read = 0, typed = 0;
// Beside the work, so that a case that never ends is found too, and one that takes the process down is known by its seed.
string last = Path.Combine(Path.GetTempPath(), $"fuzz-{Environment.ProcessId}.seed");
int current = seed;
for (; watch.Elapsed < end; current = unchecked(current + 1))
{
    if (cases % 64 == 0) File.WriteAllText(last, current.ToString(CultureInfo.InvariantCulture));
    byte[] file = make(current);
    FuzzResult? result = null;
    var work = new Thread(() => result = run(file), 1 << 20) { IsBackground = true };
    work.Start();
    if (!work.Join(TimeSpan.FromSeconds(20))) result = new FuzzResult(false, false, "did not end within 20 s");
    cases++;
    if (result!.Read) read++;
    if (result.Typed) typed++;
    if (result.Fault is not null) Report(file, current, result.Fault);
    if (watch.Elapsed < next) continue;
    next = watch.Elapsed + TimeSpan.FromSeconds(10);
    Console.WriteLine(FormattableString.Invariant($"{watch.Elapsed.TotalSeconds,6:0} s: {cases} cases, {read} read, {typed} typed, {findings} findings"));
}
File.Delete(last);
Directory.Delete(scratch, recursive: true);
Console.WriteLine(FormattableString.Invariant($"{cases} cases, {read} read, {typed} typed, {findings} findings in {watch.Elapsed.TotalMinutes:0.0} minutes"));
return findings == 0 ? 0 : 1;

(Func<int, byte[]>, Func<byte[], FuzzResult>) Target()
{
    Console.WriteLine($"target: {target}; seed {seed}");
    var weights = new SafetensorsCase(scratch);
    switch (target)
    {
        case "config": return (ConfigCase.Mutator().Make, ConfigCase.Run);
        case "safetensors": return (new SafetensorsMutator().Make, weights.Weights);
        case "index":
            weights.Prepare();
            return (weights.Indices().Make, weights.Index);
    }
    List<byte[]> corpus = [.. Corpus.Made().Concat(Corpus.Operators()).Select(f => f.File)];
    int made = corpus.Count;
    // Large files are mostly weights; small ones are broken more often where it matters.
    if (corpusFolder is not null) corpus.AddRange(Directory.EnumerateFiles(corpusFolder, "*.onnx", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length < 100_000).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
    Console.WriteLine($"corpus: {made} files made here, {corpus.Count - made} of the folder");
    return (new Mutator(corpus).Make, FuzzCase.Run);
}

void Report(byte[] file, int at, string fault)
{
    findings++;
    if (findings > 200) return;
    Directory.CreateDirectory(output);
    string stem = Path.Combine(output, at.ToString(CultureInfo.InvariantCulture));
    File.WriteAllBytes(stem + (target switch { "onnx" => ".onnx", "safetensors" => ".safetensors", _ => ".json" }), file);
    File.WriteAllText(stem + ".txt", $"seed {at}, {file.Length} bytes\n{fault}\n", Encoding.UTF8);
    Console.WriteLine($"seed {at}: {fault.Split('\n')[0]}");
}
