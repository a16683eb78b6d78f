namespace Headroom.Graph;

/// <summary>
/// What a node does: its shape rule, its cost, its gradient and its ONNX form, in one place. Attributes are init-only properties, so an operator is immutable and may be shared.
/// Its kernel stands in Headroom.Runtime under the same name. Passes, the scheduler and the exporter ask for properties, never for names.
/// </summary>
public abstract class Operator
{
    /// <summary>ONNX's name, or ours in the domain <c>headroom</c>.</summary>
    public virtual string Name => GetType().Name;

    /// <summary><c>""</c> for ONNX's own operators, <c>headroom</c> for those that never leave in an export.</summary>
    public virtual string Domain => "";

    /// <summary>The types of all outputs the operator can have, in order (unwanted ones included).</summary>
    /// <exception cref="GraphException">The inputs don't fit; the message gives the clashing values. The caller adds the node.</exception>
    public abstract TensorType[] Infer(Signature s);

    public abstract Cost Cost(Signature s);

    /// <summary>Adds the nodes that compute the gradients of the inputs from those of the outputs.</summary>
    /// <remarks>The default refuses: an operator without a gradient stops the gradient only where it says so by overriding this with an empty body.</remarks>
    public virtual void Gradient(Backward b) => throw new GraphException("has no gradient; freeze the weights before it, or take it out of the path to the loss");

    /// <summary>The value of the outputs where all is known before the run, else null. Only for small, shape-bearing values. The default folds what only looks at its input in another way.</summary>
    public virtual TensorData[]? Fold(Signature s) => ViewInput < 0 ? null : Operators.Folding.Viewed(this, s);

    /// <summary>The form this node takes in a training step (dropout drops, batch norm takes the batch's statistics). The default keeps the node.</summary>
    public virtual void Train(TrainingRewrite r) => r.Keep();

    /// <summary>The form this node takes where a decoder takes a few tokens at a time and keeps what attention needs of those before. The default keeps what is elementwise and refuses all else.</summary>
    /// <exception cref="GraphException">The node computes a position of a sequence from others.</exception>
    public virtual void Decode(DecodingRewrite r)
    {
        if (!IsElementwise) throw r.Mixes();
        r.Elementwise();
    }

    /// <summary>The strided window on an input that an output is, where nothing needs to be computed (reshape, split, transpose); null where there is work to do.</summary>
    /// <param name="s">The node's types.</param>
    /// <param name="output">Which output.</param>
    /// <param name="strides">The strides of the input the view would be taken of, in elements.</param>
    public virtual View? View(Signature s, int output, ReadOnlySpan<long> strides) => null;

    /// <summary>The input that a view (see <see cref="View"/>) is a window on; -1 where the operator makes no views.</summary>
    public virtual int ViewInput => -1;

    /// <summary>Whether an input's value must be known before the run, because a shape follows from it (a reshape's target, the axes of a reduction). The shape rule reads it by <see cref="Signature.Longs"/>.</summary>
    public virtual bool ReadsValue(int input) => false;

    /// <summary>
    /// A shape-bearing constant that was written for one batch, in the form that holds for any: a reshape to [1, 256] becomes one to [0, 256]. Null where the operator has no such form.
    /// </summary>
    /// <param name="input">Which input the constant is.</param>
    /// <param name="value">The constant.</param>
    /// <param name="batch">The batch it was written for.</param>
    public virtual TensorData? ForAnyBatch(int input, TensorData value, long batch) => null;

    /// <summary>Whether only an input's type matters, never its elements: what <c>Shape</c> and <c>CastLike</c> look at.</summary>
    public virtual bool ReadsTypeOnly(int input) => false;

    /// <summary>Whether the kernel reads the input through any strides; where it doesn't, a view is made contiguous first.</summary>
    public virtual bool AcceptsStrides(int input) => false;

    /// <summary>Which images the kernel takes and gives channels-last. By default what is elementwise goes along with its operands.</summary>
    public virtual LayoutPorts Layout(Signature s) => IsElementwise ? LayoutPorts.Elementwise(s) : LayoutPorts.RowMajor;

    /// <summary>The input whose buffer an output may overwrite when nobody reads it later; -1 for none. Same bytes are required, and checked by the plan.</summary>
    public virtual int MayOverwrite(int output) => -1;

    /// <summary>The state input that an output replaces in the same buffer (weights, moments, running statistics); -1 for none.</summary>
    public virtual int Updates(int output) => -1;

    /// <summary>Whether a state is read for nothing but its update: then the other outputs can be made again when it has been replaced.</summary>
    public virtual bool ReadsOnlyToUpdate(int input) => false;

    /// <summary>A node of this operator as several that do the same one after the other, to the bit: what makes activations again may then repeat one without the other. Null where there is nothing to take apart.</summary>
    public virtual IReadOnlyList<Node>? Apart(Node node) => null;

    /// <summary>Outputs depend on inputs element by element (after broadcasting): what may be fused.</summary>
    public virtual bool IsElementwise => false;

    /// <summary>What the operator wants of its floating inputs under mixed precision.</summary>
    public virtual Precision Precision => Precision.Any;

    /// <summary>Whether mixed precision may cast an input; statistics and scales that must stay fp32 say no.</summary>
    public virtual bool CastsInput(int input) => true;

    /// <summary>Whether an fp32 input may as well come in bf16, because the kernel widens it as it reads.</summary>
    public virtual bool Widens(int input) => false;

    /// <summary>The element type of an output, from the inputs' alone.</summary>
    public virtual ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs.IsEmpty ? ElementType.Float32 : inputs[0];

    /// <summary>The operator that gives the same in another floating type at once, where that spares a cast behind it; null where there is none.</summary>
    public virtual Operator? Giving(ElementType element) => null;

    /// <summary>The attributes in ONNX's names.</summary>
    public virtual void Write(Onnx.OnnxAttributes a) { }

    /// <summary>Writes the node into an ONNX graph of the opset asked for; the default is one node of the same name. Overridden where an older opset needs another form.</summary>
    public virtual void Export(Onnx.OnnxExport e) => e.Emit(Name, Domain, e.Node.Inputs, e.Node.Outputs, Write);
}

/// <summary>What an operator wants of its floating inputs under mixed precision.</summary>
public enum Precision
{
    /// <summary>Takes what comes.</summary>
    Any,

    /// <summary>Gains from the half type: matrix work.</summary>
    Half,

    /// <summary>Needs fp32: reductions over many elements, the loss.</summary>
    Full,

    /// <summary>Takes the first floating input's type for all: elementwise operators of several operands.</summary>
    First,
}

/// <summary>A window on another tensor's buffer.</summary>
/// <param name="Offset">In elements from the start of the input's window.</param>
/// <param name="Strides">In elements, one for each axis of the output.</param>
public readonly record struct View(long Offset, long[] Strides);
