namespace Headroom.Conformance.Tests;

/// <summary><c>conformance [AREA] [--filter TEXT] [--verbose]</c>: a line an area, as plain digits.</summary>
internal static class Report
{
    /// <summary>The folder with the cases.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("HEADROOM_CONFORMANCE") is { Length: > 0 } folder && Directory.Exists(folder) ? folder : null;

    public static int Run(string[] args, TextWriter output)
    {
        if (Folder is null)
        {
            output.WriteLine("HEADROOM_CONFORMANCE names no folder.");
            return 2;
        }
        bool verbose = args.Contains("--verbose");
        int at = Array.IndexOf(args, "--filter");
        string filter = at >= 0 && at + 1 < args.Length ? args[at + 1] : "";
        string? area = args.FirstOrDefault() is string first && !first.StartsWith('-') ? first : null;
        int passed = 0, failed = 0, skipped = 0;
        foreach (IArea a in AreaSource.All(Folder).Where(a => area is null || a.Name == area || a.Name.StartsWith(area + "/", StringComparison.Ordinal)))
        {
            var count = new int[3];
            foreach (Outcome o in a.Run(name => name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
            {
                count[(int)o.Fate]++;
                if (o.Fate == Fate.Failed || verbose) output.WriteLine($"  {o.Fate.ToString().ToLowerInvariant()} {o.Name}{(o.Reason.Length > 0 ? $": {o.Reason}" : "")}");
            }
            output.WriteLine($"{a.Name}: {count[0]} passed, {count[1]} failed, {count[2]} skipped");
            passed += count[0];
            failed += count[1];
            skipped += count[2];
        }
        output.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}
