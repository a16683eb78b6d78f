namespace Headroom.Devices.Catalogue;

/// <summary>What sort of device an accelerator is: where it is found and how it is bought.</summary>
public enum AcceleratorKind
{
    /// <summary>A graphics processor made for servers: A100, MI300X.</summary>
    DataCentreGpu,

    /// <summary>A graphics processor for workstations: RTX A6000.</summary>
    WorkstationGpu,

    /// <summary>A graphics processor for gamers: GeForce, Radeon RX.</summary>
    ConsumerGpu,

    /// <summary>Google's tensor processing units of the data centre, a chip each.</summary>
    Tpu,

    /// <summary>Other makers' chips for neural networks alone: Trainium, Inferentia, Gaudi, Ascend.</summary>
    Npu,

    /// <summary>Boards and modules at a machine, a camera or a car: Jetson, Hailo, Coral.</summary>
    Edge,

    /// <summary>A processor that computes networks on its own cores.</summary>
    Cpu,

    /// <summary>A laptop's or desktop's system on a chip, whose memory processor and graphics share: Apple's M series.</summary>
    Soc,
}
