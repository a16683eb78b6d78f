namespace Headroom.Runtime.LibTorch;

/// <summary>Where a tensor's memory lies. The number is c10's, which the ABI's <c>aoti_torch_device_type_*</c> return.</summary>
public enum DeviceType
{
    Cpu = 0,
    Cuda = 1,
}

/// <summary>A device of libtorch: its kind and its index (0 for the processor).</summary>
public readonly record struct Device(DeviceType Type, int Index = 0)
{
    public static Device Cpu => new(DeviceType.Cpu);

    public static Device Cuda(int index = 0) => new(DeviceType.Cuda, index);

    /// <summary>The form that libtorch prints: <c>cpu</c>, <c>cuda:1</c>.</summary>
    public override string ToString() => Type == DeviceType.Cpu ? "cpu" : $"cuda:{Index}";
}
