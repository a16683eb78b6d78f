using Headroom.Graph;

namespace Headroom.Runtime.Kernels;

/// <summary>Runs one kind of operator. Kernels are stateless, shared, and found by their type argument: adding one touches no list.</summary>
public abstract class Kernel
{
    /// <summary>The operator this kernel runs.</summary>
    public abstract Type OperatorType { get; }

    /// <summary>
    /// Whether libtorch allocates an output itself, because it can't write where it is told. The plan then counts the output as a block of libtorch's own; the kernel hands it over
    /// by <see cref="KernelContext.Return"/>. Otherwise the kernel writes into <see cref="KernelContext.Output"/>.
    /// </summary>
    public virtual bool Returns(Operator op, Signature s, int output) => false;

    /// <summary>Bytes of working space wanted beside the outputs; part of the plan, live during the node only.</summary>
    public virtual long Workspace(Operator op, Signature s) => 0;

    public abstract void Run(KernelContext c);
}

/// <summary>A kernel for one operator type.</summary>
public abstract class Kernel<TOperator> : Kernel where TOperator : Operator
{
    public sealed override Type OperatorType => typeof(TOperator);

    public sealed override bool Returns(Operator op, Signature s, int output) => Returns((TOperator)op, s, output);

    public sealed override long Workspace(Operator op, Signature s) => Workspace((TOperator)op, s);

    public sealed override void Run(KernelContext c) => Run((TOperator)c.Node.Operator, c);

    protected virtual bool Returns(TOperator op, Signature s, int output) => false;

    protected virtual long Workspace(TOperator op, Signature s) => 0;

    protected abstract void Run(TOperator op, KernelContext c);
}
