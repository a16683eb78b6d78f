using System.Globalization;
using System.Runtime.InteropServices;

namespace Headroom.Devices.Meters;

/// <summary>NVIDIA's GPUs by its management library, which the driver installs.</summary>
/// <remarks>https://docs.nvidia.com/deploy/nvml-api: <c>nvmlDeviceGetTotalEnergyConsumption</c>, millijoules since the driver was loaded, from Volta on.</remarks>
public sealed unsafe class NvmlMeter : EnergyMeter
{
    private const int Success = 0;
    private readonly delegate* unmanaged<nint, ulong*, int> _energy;
    private readonly nint[] _devices;
    private readonly ulong _start;

    private NvmlMeter(string name, nint[] devices, delegate* unmanaged<nint, ulong*, int> energy)
    {
        (Name, _devices) = (name, devices);
        _energy = energy;
        _start = Millijoules();
    }

    public override string Name { get; }

    public static MeterSearch Find()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1", out nint library)) return new MeterSearch(null, "NVML: there is no NVIDIA driver");
        if (!NativeLibrary.TryGetExport(library, "nvmlInit_v2", out nint init) || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetCount_v2", out nint count)
            || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetHandleByIndex_v2", out nint handle) || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetTotalEnergyConsumption", out nint energy))
            return new MeterSearch(null, "NVML: the driver's library is too old to count energy");
        int code = ((delegate* unmanaged<int>)init)();
        if (code != Success) return new MeterSearch(null, Failed("nvmlInit_v2", code));
        uint devices = 0;
        code = ((delegate* unmanaged<uint*, int>)count)(&devices);
        if (code != Success || devices == 0) return new MeterSearch(null, code == Success ? "NVML: there is no GPU" : Failed("nvmlDeviceGetCount_v2", code));
        var handles = new nint[devices];
        for (uint i = 0; i < devices; i++)
        {
            nint device = 0;
            code = ((delegate* unmanaged<uint, nint*, int>)handle)(i, &device);
            if (code != Success) return new MeterSearch(null, Failed("nvmlDeviceGetHandleByIndex_v2", code));
            handles[i] = device;
        }
        var read = (delegate* unmanaged<nint, ulong*, int>)energy;
        ulong now = 0;
        code = read(handles[0], &now);
        if (code != Success) return new MeterSearch(null, Failed("nvmlDeviceGetTotalEnergyConsumption", code) + "; GPUs before Volta count none");
        string name = string.Create(CultureInfo.InvariantCulture, $"NVML, {devices} GPU{(devices == 1 ? "" : "s")}");
        return new MeterSearch(new NvmlMeter(name, handles, read), name);
    }

    public override double Read() => (Millijoules() - _start) / 1e3;

    private ulong Millijoules()
    {
        ulong sum = 0;
        foreach (nint device in _devices)
        {
            ulong now = 0;
            int code = _energy(device, &now);
            if (code != Success) throw new IOException(Failed("nvmlDeviceGetTotalEnergyConsumption", code));
            sum += now;
        }
        return sum;
    }

    private static string Failed(string call, int code) => string.Create(CultureInfo.InvariantCulture, $"NVML: {call} gave the code {code}");
}
