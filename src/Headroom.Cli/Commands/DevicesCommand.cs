using System.CommandLine;
using System.Runtime.Intrinsics.X86;
using Headroom.Cli.Terminal;
using Headroom.Evidence.Quantities;
using Headroom.Inference;
using Headroom.Planning;
using Headroom.Runtime.LibTorch;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom devices</c>: what libtorch and the machine offer.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var command = new Command("devices", "Shows what this machine, libtorch and ONNX Runtime offer.\n\nExample:  headroom devices");
        command.SetAction(_ =>
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
            return ExitCodes.Done;
        });
        return command;
    }
}
