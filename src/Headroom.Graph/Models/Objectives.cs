using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What training minimises: each adds labels and a scalar <c>loss</c> to a model that gives <c>logits</c>.</summary>
public static class Objectives
{
    /// <summary>The label of a token that predicts nothing: padding, or the end of a document before another one. PyTorch's value.</summary>
    public const long NoLabel = -100;

    public static Value Labels { get; } = new("label");

    public static Value Loss { get; } = new("loss");

    /// <summary>Mean cross-entropy, in nats: <c>logits [batch, classes]</c> against <c>label: int64[batch]</c>.</summary>
    public static Model Classification(Model model)
    {
        ModelBuilder m = ModelBuilder.From(model);
        Value labels = m.Input(Labels.Name, ElementType.Int64, "batch");
        return m.Build([.. model.Outputs, m.AddNamed(Loss.Name, new SoftmaxCrossEntropyLoss(), model.Outputs[0], labels)]);
    }

    /// <summary>Mean cross-entropy over all positions whose label isn't <see cref="NoLabel"/>, in nats: <c>logits [batch, length, vocabulary]</c> against <c>label: int64[batch, length]</c>.</summary>
    /// <param name="model">Its first output is the logits.</param>
    /// <param name="length">Tokens in a row.</param>
    /// <param name="vocabulary">Of the model.</param>
    /// <param name="padded">Rows have places without a label; otherwise every place counts, and <see cref="NoLabel"/> is refused.</param>
    public static Model NextToken(Model model, long length, long vocabulary, bool padded = false)
    {
        ModelBuilder m = ModelBuilder.From(model);
        Value labels = m.Reshape(m.Input(Labels.Name, ElementType.Int64, "batch", length), -1);
        Value rows = m.Reshape(model.Outputs[0], -1, vocabulary);
        return m.Build([.. model.Outputs, m.AddNamed(Loss.Name, new SoftmaxCrossEntropyLoss { IgnoreIndex = padded ? NoLabel : null }, rows, labels)]);
    }

    /// <summary>Mean cross-entropy over the texts of packed rows, in nats: <c>logits [batch, texts, classes]</c> against <c>label: int64[batch, texts]</c>, <see cref="NoLabel"/> where there is no text.</summary>
    public static Model PackedClassification(Model model, long texts, long classes) => NextToken(model, texts, classes, padded: true);

    /// <summary>Mean squared error: <c>[batch, outputs]</c> against <c>label: fp32[batch, outputs]</c>, in squares of a unit.</summary>
    /// <param name="model">Its first output is compared.</param>
    /// <param name="outputs">Numbers of a row.</param>
    /// <param name="unit">What errors are divided by before they are squared: a target's deviation makes losses of all targets alike.</param>
    public static Model Regression(Model model, long outputs, float unit = 1)
    {
        if (!(unit > 0)) throw new GraphException($"the unit of a squared error is {unit}; more than 0 is needed");
        ModelBuilder m = ModelBuilder.From(model);
        Value error = m.Add(new Sub(), model.Outputs[0], m.Input(Labels.Name, ElementType.Float32, "batch", outputs));
        if (unit != 1) error = m.Add(new Div(), error, m.Constant(TensorData.Scalar(unit), "unit"));
        return m.Build([.. model.Outputs, m.AddNamed(Loss.Name, new ReduceMean { KeepDims = false }, m.Add(new Mul(), error, error))]);
    }
}
