using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>A bias added to a product's columns and the ReLU or Gelu behind it: one visit forward, one backward, which sums the bias's gradient too.</summary>
internal sealed class AddActivation : FusionRule
{
    public override string Name => "bias + activation";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        if (Form(last.Operator) is not ActivationForm form || graph.Only<Add>(last.Inputs[0]) is not Node add) return null;
        // A bias stands on the right, mostly.
        for (int i = 1; i >= 0; i--)
        {
            (Value x, Value bias) = (add.Inputs[1 - i], add.Inputs[i]);
            Node? cast = graph.Widened(ref bias);
            if (!BiasActivation.Takes(graph.Type(x), graph.Type(bias))) continue;
            var joined = new Node(last.Name, new BiasActivation { Form = form }, [x, bias], [last.Outputs[0], add.Outputs[0]]);
            return cast is null ? new FusedNode(joined, add) : new FusedNode(joined, add, cast);
        }
        return null;
    }

    private static ActivationForm? Form(Operator op) => op switch
    {
        Relu => ActivationForm.Relu,
        Gelu gelu => gelu.Form == GeluForm.Tanh ? ActivationForm.GeluTanh : ActivationForm.Gelu,
        _ => null,
    };
}
