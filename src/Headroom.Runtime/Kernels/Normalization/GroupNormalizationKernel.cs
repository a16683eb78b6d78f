using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Normalization;

internal sealed unsafe class GroupNormalizationKernel : Kernel<GroupNormalization>
{
    protected override long Workspace(GroupNormalization op, Signature s) => Groups.ParameterBytes(s);

    protected override void Run(GroupNormalization op, KernelContext c) => Groups.Forward(c, op.Groups, op.Epsilon, op.PerGroup);
}

/// <summary>Instances are groups of one channel.</summary>
internal sealed unsafe class InstanceNormalizationKernel : Kernel<InstanceNormalization>
{
    protected override long Workspace(InstanceNormalization op, Signature s) => Groups.ParameterBytes(s);

    protected override void Run(InstanceNormalization op, KernelContext c) => Groups.Forward(c, c.Signature.Input(0).Shape[1], op.Epsilon, perGroup: false);
}

internal sealed unsafe class GroupNormalizationGradientKernel : Kernel<GroupNormalizationGradient>
{
    protected override long Workspace(GroupNormalizationGradient op, Signature s)
    {
        TensorType x = s.Input(1);
        long parameters = s.Input(2).Elements;
        return Parameters.Room(Lanes.Computed(x.Element), 2 * x.Shape[0] * x.Shape[1], parameters, parameters, parameters);
    }

    protected override void Run(GroupNormalizationGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        ElementType computed = Lanes.Computed(x.Element);
        byte* at = c.Workspace;
        void* sums = at;
        at += Lanes.Room(2 * x.Shape[0] * x.Shape[1], computed);
        void* dscale = Parameters.Out(c, 1, computed, ref at), dbias = Parameters.Out(c, 2, computed, ref at);
        GroupNorm.Work work = Groups.Of(x, op.Groups > 0 ? op.Groups : x.Shape[1], op.Epsilon, op.PerGroup);
        work.Dy = c.In<byte>(0);
        work.X = c.In<byte>(1);
        work.Dx = c.Wants(0) ? c.Out<byte>(0) : null;
        work.Scale = Parameters.In(c, 2, c.Signature.Input(2).Shape, computed, ref at);
        work.Sums = sums;
        work.ScaleGradient = dscale;
        work.BiasGradient = dbias;
        GroupNorm.Backward(work, x.Element);
        Parameters.Finish(c, 1, dscale, computed);
        Parameters.Finish(c, 2, dbias, computed);
    }
}

internal static unsafe class Groups
{
    public static long ParameterBytes(Signature s) => Parameters.Room(Lanes.Computed(s.Input(0).Element), s.Input(1).Elements, s.Input(2).Elements);

    public static GroupNorm.Work Of(TensorType x, long groups, double epsilon, bool perGroup) => new()
    {
        Batch = x.Shape[0], Groups = Math.Max(1, groups), Channels = x.Shape[1], Places = new Shape(x.Shape.Dims[2..]).Elements, Epsilon = epsilon, PerGroup = perGroup,
    };

    public static void Forward(KernelContext c, long groups, double epsilon, bool perGroup)
    {
        TensorType x = c.Signature.Input(0);
        if (x.Elements == 0) return;
        ElementType computed = Lanes.Computed(x.Element);
        byte* at = c.Workspace;
        GroupNorm.Work work = Of(x, groups, epsilon, perGroup);
        work.X = c.In<byte>(0);
        work.Y = c.Out<byte>(0);
        work.Scale = Parameters.In(c, 1, c.Signature.Input(1).Shape, computed, ref at);
        work.Bias = Parameters.In(c, 2, c.Signature.Input(2).Shape, computed, ref at);
        GroupNorm.Forward(work, x.Element);
    }
}
