using Headroom.Graph;

namespace Headroom.Runtime.Kernels;

/// <summary>Runs one kind of operator. Kernels are stateless, shared, and found by their type argument: adding one touches no list.</summary>
public abstract class Kernel
{
    /// <summary>The operator this kernel runs.</summary>
    public abstract Type OperatorType { get; }

    /// <summary>Bytes of working space wanted beside the outputs; part of the plan, live during the node only.</summary>
    public virtual long Workspace(Operator op, Signature s) => 0;

    public abstract void Run(KernelContext c);
}

/// <summary>A kernel for one operator type.</summary>
public abstract class Kernel<TOperator> : Kernel where TOperator : Operator
{
    public sealed override Type OperatorType => typeof(TOperator);

    public sealed override long Workspace(Operator op, Signature s) => Workspace((TOperator)op, s);

    public sealed override void Run(KernelContext c) => Run((TOperator)c.Node.Operator, c);

    protected virtual long Workspace(TOperator op, Signature s) => 0;

    protected abstract void Run(TOperator op, KernelContext c);
}
