namespace Headroom.Runtime.LibTorch;

/// <summary>A call into libtorch failed. Names the operator and, where the caller gave it, the graph node.</summary>
/// <remarks>libtorch 2.10 writes its own message to standard error only; 2.13 and later hand it back, and then it stands here too.</remarks>
public sealed class LibTorchException : Exception
{
    public LibTorchException(string operatorName, string? node, string? detail)
        : base($"{(node is null ? "" : $"node '{node}': ")}libtorch's {operatorName} failed: {(string.IsNullOrEmpty(detail) ? "its reason is on standard error" : detail)}")
    {
        Operator = operatorName;
        Node = node;
    }

    /// <summary>The operator or shim that failed, <c>aten::mm.out</c>.</summary>
    public string Operator { get; }

    /// <summary>The graph node that asked for it, null where the caller named none.</summary>
    public string? Node { get; }
}
