using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

internal sealed class AttentionKernel : Kernel<Graph.Operators.Attention>
{
    protected override long Workspace(Graph.Operators.Attention op, Signature s) => AttentionForward.Workspace(op, s);

    protected override void Run(Graph.Operators.Attention op, KernelContext c) => AttentionForward.Run(op, c);
}

internal sealed class AttentionTrainingKernel : Kernel<AttentionTraining>
{
    protected override long Workspace(AttentionTraining op, Signature s) => AttentionForward.Workspace(op, s);

    protected override void Run(AttentionTraining op, KernelContext c) => AttentionForward.Run(op, c);
}

/// <summary>The forward pass, by libtorch's blocked kernel or by two products.</summary>
internal static class AttentionForward
{
    private static readonly AtenOperator Flash = new("aten::_scaled_dot_product_flash_attention_for_cpu");

    public static long Workspace(AttentionOperator op, Signature s)
        => General(op, s) ? AttentionGeneral.ForwardBytes(op, s) : ByProducts(op, s) ? AttentionProducts.ForwardBytes(op.ShapeOf(s), s.Has(3)) : Math.Max(AttentionMask.Bytes(s, 3), AttentionTiles.Bytes(op.ShapeOf(s), s.Has(3)));

    // _scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p, bool is_causal, *, Tensor? attn_mask, float? scale) -> (Tensor output, Tensor logsumexp)
    public static void Run(AttentionOperator op, KernelContext c)
    {
        AttentionShape a = op.ShapeOf(c.Signature);
        if (General(op, c.Signature))
        {
            AttentionGeneral.Forward(op, c);
            return;
        }
        if (ByProducts(op, c.Signature))
        {
            AttentionProducts.Forward(op, a, c);
            return;
        }
        if (AttentionTiles.Takes(a, c.Signature, 0, 3) && AttentionTiles.Dense(c, 0))
        {
            AttentionTiles.Forward(op, a, c);
            return;
        }
        using Tensor q = Heads4.Of(c.Input(0), a, a.Queries), k = Heads4.Of(c.Input(1), a, a.Keys), v = Heads4.Of(c.Input(2), a, a.Keys);
        using Tensor? mask = AttentionMask.Of(c, 3);
        var call = c.Call(Flash);
        call.Tensor(q).Tensor(k).Tensor(v).Double(0).Bool(op.IsCausal).OptionalTensor(mask).OptionalDouble(op.ScaleOf(a)).Invoke(2);
        Tensor y = call.TensorAt(0), logSumExp = call.TensorAt(1);
        Heads4.Give(c, 0, y, a);
        using (logSumExp)
        {
            if (!c.Wants(1)) return;
            // [batch, heads, queries] whose memory is [batch, queries, heads].
            ReadOnlySpan<long> strides = logSumExp.Strides;
            using Tensor turned = logSumExp.View([a.Batch, a.Queries, a.Heads], [strides[0], strides[2], strides[1]], logSumExp.StorageOffset);
            c.Output(1).CopyFrom(turned);
        }
    }

    /// <summary>Past, grouped heads, a cap, a short mask, more outputs: what the two fast kernels don't do.</summary>
    private static bool General(AttentionOperator op, Signature s) => !op.IsPlain(s) || (op is Graph.Operators.Attention && (s.Wants(1) || s.Wants(2) || s.Wants(3)));

    private static bool ByProducts(AttentionOperator op, Signature s) => !s.Wants(1) && op.ByProducts(op.ShapeOf(s), s.Input(0), s.Has(3) ? s.Input(3) : null);
}

internal sealed class AttentionGeneralGradientKernel : Kernel<AttentionGeneralGradient>
{
    protected override long Workspace(AttentionGeneralGradient op, Signature s) => AttentionGeneral.BackwardBytes(op, s);

    protected override void Run(AttentionGeneralGradient op, KernelContext c) => AttentionGeneral.Backward(op, c);
}

internal sealed class AttentionGradientKernel : Kernel<AttentionGradient>
{
    private static readonly AtenOperator Flash = new("aten::_scaled_dot_product_flash_attention_for_cpu_backward");

    // Without a log-sum-exp the weights are made again by products.
    private static bool ByProducts(Signature s) => !s.Has(5);

    protected override long Workspace(AttentionGradient op, Signature s)
        => ByProducts(s) ? AttentionProducts.BackwardBytes(op.ShapeOf(s, 1, 6), s.Has(6)) : Math.Max(AttentionMask.Bytes(s, 6), AttentionTiles.Bytes(op.ShapeOf(s, 1, 6), s.Has(6)));

    // _scaled_dot_product_flash_attention_for_cpu_backward(Tensor grad_out, Tensor query, Tensor key, Tensor value, Tensor out, Tensor logsumexp, float dropout_p, bool is_causal, *, Tensor? attn_mask, float? scale)
    protected override void Run(AttentionGradient op, KernelContext c)
    {
        AttentionShape a = op.ShapeOf(c.Signature, 1, 6);
        if (ByProducts(c.Signature))
        {
            AttentionProducts.Backward(op, a, c);
            return;
        }
        if (AttentionTiles.Takes(a, c.Signature, 1, 6) && AttentionTiles.Dense(c, 1))
        {
            AttentionTiles.Backward(op, a, c);
            return;
        }
        using Tensor dy = Heads4.Of(c.Input(0), a, a.Queries), q = Heads4.Of(c.Input(1), a, a.Queries), k = Heads4.Of(c.Input(2), a, a.Keys), v = Heads4.Of(c.Input(3), a, a.Keys), y = Heads4.Of(c.Input(4), a, a.Queries);
        using Tensor logSumExp = c.Input(5).View([a.Batch, a.Heads, a.Queries], [a.Queries * a.Heads, 1, a.Heads], c.Input(5).StorageOffset);
        using Tensor? mask = AttentionMask.Of(c, 6);
        var call = c.Call(Flash);
        call.Tensor(dy).Tensor(q).Tensor(k).Tensor(v).Tensor(y).Tensor(logSumExp).Double(0).Bool(op.IsCausal).OptionalTensor(mask).OptionalDouble(op.ScaleOf(a)).Invoke(3);
        for (int i = 0; i < 3; i++)
        {
            if (op.Joined) Heads4.GiveThird(c, i, call.TensorAt(i), a);
            else Heads4.Give(c, i, call.TensorAt(i), a);
        }
    }
}
