using System.CommandLine;
using System.Runtime.Intrinsics.X86;
using Headroom.Cli.Devices;
using Headroom.Cli.Terminal;
using Headroom.Devices.Catalogue;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;
using Headroom.Inference;
using Headroom.Planning;
using Headroom.Runtime.LibTorch;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom devices</c>: what libtorch and the machine offer, or what the catalogue knows of others.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var filter = new Argument<string[]>("filter") { Description = "With --catalogue: words that a device's name, maker, kind, family or generation must hold.", Arity = ArgumentArity.ZeroOrMore };
        var catalogue = new Option<bool>("--catalogue") { Description = "Lists accelerators with their dense peaks, memory, links, power and prices." };
        var sort = new Option<string?>("--sort") { Description = $"With --catalogue: {string.Join(", ", CatalogueSorting.Keys)}; the best first." };
        var json = new Option<bool>("--json") { Description = "With --catalogue: JSON with every figure's sources, in the form that --devices-file reads." };
        var file = new Option<string?>("--devices-file") { Description = "With --catalogue: a JSON file of your own that adds devices, changes figures or brings prices." };
        var command = new Command("devices", "Shows what this machine, libtorch and ONNX Runtime offer; with --catalogue, what is known of accelerators that one can rent or buy.\n\nExample:  headroom devices --catalogue hopper --sort pflop") { filter, catalogue, sort, json, file };
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(catalogue))
            {
                if (parsed.GetValue(filter) is { Length: > 0 } || parsed.GetValue(sort) is not null || parsed.GetValue(json) || parsed.GetValue(file) is not null) throw new InputException("headroom devices", "a filter, --sort, --json and --devices-file go with --catalogue.", "Write  headroom devices --catalogue " + string.Join(' ', parsed.GetValue(filter) ?? []));
                Machine();
                return ExitCodes.Done;
            }
            AcceleratorCatalogue all = parsed.GetValue(file) is { } path ? AcceleratorCatalogue.Default.With(path) : AcceleratorCatalogue.Default;
            IReadOnlyList<Accelerator> chosen = CatalogueSorting.Chosen(all, string.Join(' ', parsed.GetValue(filter) ?? []), parsed.GetValue(sort));
            if (parsed.GetValue(json)) Console.Out.WriteLine(CatalogueWriter.Write(chosen));
            else Print(chosen);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Accelerator> chosen)
    {
        foreach (string line in CatalogueTable.Lines(chosen)) Console.Out.WriteLine(line);
        Console.Out.WriteLine();
        Console.Out.WriteLine($"{chosen.Count} devices, each row one of them. Peaks are dense; bf16, or fp16 where there is no bf16, with sums in fp32. Links count one direction.");
        Console.Out.WriteLine("Prices are the lowest known without interruption, and go stale; USD per PFLOP·h is price over peak. '-': no source. Sources: --json.");
        if (chosen.Count == 1 && chosen[0].Note is { } note) Console.Out.WriteLine(note);
    }

    private static void Machine()
    {
        Library.Load();
        Lines.Stage("Machine");
        foreach ((string name, string value) in MachinePlan.Machine()) Lines.Note($"{name,-14}{value}");
        Lines.Note($"{"memory",-14}{new Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} available to this process");
        Lines.Note($"{"vectors",-14}{(Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "128 bits")}");
        Lines.Stage("libtorch");
        Lines.Note($"{"folder",-14}{Library.Folder}");
        Lines.Note($"{"devices",-14}{(Library.HasCuda ? "cpu, cuda" : "cpu; another libtorch, with CUDA, is taken from HEADROOM_LIBTORCH")}");
        if (OneDnn.IsMisled) Lines.Note($"{"convolutions",-14}mostly without oneDNN, and slower: this machine keeps its caches' sizes from it (CPUID leaf 0x8000001D is blank), by which it would compute wrong");
        Lines.Stage("ONNX Runtime");
        Lines.Note($"{"providers",-14}{string.Join(", ", OnnxSession.AvailableProviders)}");
    }
}
