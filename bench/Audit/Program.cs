// Measures the audit.
// usage: Audit near CORPUS.jsonl [DOCUMENTS]     near duplicates: CPU time by stage after a warm-up, on one thread and on all; {"text": ...} a line
//        Audit recall CORPUS.jsonl [DOCUMENTS]   what of all near-duplicate pairs is found, against brute force
//        Audit labels [digits_noise.npz]         label errors of 1,000,000 rows by 10 classes: CPU time; and their average precision on given probabilities
using Headroom.Bench.Audit;

if (args is ["labels", ..]) return LabelBench.Run(args.Length > 1 ? args[1] : null);
int? documents = args.Length > 2 && int.TryParse(args[2], out int n) && n > 0 ? n : null;
switch (args)
{
    case ["near", { } file, ..] when File.Exists(file):
        return NearBench.Run(file, documents ?? int.MaxValue);
    case ["recall", { } file, ..] when File.Exists(file):
        return RecallBench.Run(file, documents ?? 20_000);
    default:
        Console.Error.WriteLine("usage: Audit near|recall CORPUS.jsonl [DOCUMENTS]");
        return 2;
}
