// Fits the planner's figures to tables of published measurements and writes them as calibrations.
// usage: Planning fit TABLES_DIR [NAME...] [--out DIR]
//        Planning search       how many layouts a second the search weighs
//        Planning rows TABLE [TEXT]   what the planner makes of each training run, part by part
// Names are the calibrations': all without any. Writes DIR/NAME.json (src/Headroom.Planning/calibration by default) and prints a line for each figure and family.
using System.Globalization;
using Headroom.Bench.Planning;
using Headroom.Planning.Calibration;
using Headroom.Planning.Tables;

if (args is ["search"]) return SearchBench.Run();
if (args is ["rows", { } table, ..] && File.Exists(table)) return RowTimes.Run(table, args.ElementAtOrDefault(2));
if (args is not ["fit", { } folder, ..] || !Directory.Exists(folder))
{
    Console.Error.WriteLine($"usage: Planning fit TABLES_DIR [{string.Join(' ', Fits.All.Keys)}] [--out DIR]");
    return 2;
}
int at = Array.IndexOf(args, "--out");
string target = at > 0 && at + 1 < args.Length ? args[at + 1] : Path.Join("src", "Headroom.Planning", "calibration");
string[] names = [.. args.Skip(2).Take((at > 0 ? at : args.Length) - 2)];
if (names.FirstOrDefault(n => !Fits.All.ContainsKey(n)) is { } wrong)
{
    Console.Error.WriteLine($"no fit '{wrong}'; there are {string.Join(", ", Fits.All.Keys)}");
    return 2;
}
MeasuredTable[] tables = [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(MeasuredTable.Read)];
Directory.CreateDirectory(target);
foreach ((string name, var fit) in Fits.All.Where(f => names.Length == 0 || names.Contains(f.Key)))
{
    FittedCalibration found = fit(tables);
    await File.WriteAllTextAsync(Path.Join(target, name + ".json"), CalibrationFile.Write(found));
    foreach (Residuals r in found.Residuals) Print(name, "fitted", r);
    foreach (Residuals r in found.LeftOut) Print(name, "left out", r);
}
return 0;

static void Print(string name, string how, Residuals r) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {how} {r.Quantity} {r.Of}: {r.Rows} rows, MAPE {r.Mape:F3}, log error {r.Quantiles[0]:F2} to {r.Quantiles[^1]:F2}, median {r.Quantiles[2]:F3}"));
