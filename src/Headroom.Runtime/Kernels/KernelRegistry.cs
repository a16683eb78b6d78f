using System.Collections.Frozen;
using System.Reflection;
using Headroom.Graph;

namespace Headroom.Runtime.Kernels;

/// <summary>Every kernel of this assembly by the operator it runs.</summary>
public static class KernelRegistry
{
    private static readonly Lazy<FrozenDictionary<Type, Kernel>> All = new(() => Assembly.GetExecutingAssembly().GetTypes()
        .Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false } && typeof(Kernel).IsAssignableFrom(t))
        .Select(t => (Kernel)Activator.CreateInstance(t, nonPublic: true)!)
        .ToFrozenDictionary(k => k.OperatorType));

    public static IEnumerable<Kernel> Kernels => All.Value.Values;

    /// <exception cref="GraphException">No kernel runs the node's operator.</exception>
    public static Kernel For(Node node) => All.Value.TryGetValue(node.Operator.GetType(), out Kernel? kernel)
        ? kernel
        : throw new GraphException($"node '{node.Name}' ({node.Operator.Name}): there is no kernel for this operator");
}
