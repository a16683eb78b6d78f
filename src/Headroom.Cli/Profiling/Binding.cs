namespace Headroom.Cli.Profiling;

/// <summary>What a part of the step can't go below.</summary>
internal enum Binding
{
    /// <summary>Arithmetic, at the machine's matrix rate.</summary>
    Compute,

    /// <summary>Bytes to and from memory.</summary>
    MemoryTraffic,

    /// <summary>What a node costs that has nothing to do.</summary>
    CallOverhead,

    /// <summary>The data comes later than it is wanted.</summary>
    InputWait,

    /// <summary>Work of our own, between the nodes.</summary>
    Host,
}

internal static class Bindings
{
    public static string Words(this Binding binding) => binding switch
    {
        Binding.Compute => "compute",
        Binding.MemoryTraffic => "memory traffic",
        Binding.CallOverhead => "call overhead",
        Binding.InputWait => "input wait",
        _ => "our own work",
    };
}
