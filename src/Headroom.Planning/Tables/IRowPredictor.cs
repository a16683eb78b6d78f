namespace Headroom.Planning.Tables;

/// <summary>Predicts figures of measured rows of one sort: LLM training, serving, vision, power.</summary>
public interface IRowPredictor
{
    /// <summary>What it deals with, as output names it: <c>llm-training</c>.</summary>
    string Name { get; }

    /// <summary>The figures that it predicts: of <see cref="Quantities"/>.</summary>
    IReadOnlyList<string> Quantities { get; }

    /// <summary>Whether a row is of its sort, be it one that it must skip.</summary>
    /// <param name="row">The row.</param>
    /// <param name="quantity">One of <see cref="Quantities"/>.</param>
    bool Concerns(MeasuredRow row, string quantity);

    /// <summary>Predicts a figure of a row.</summary>
    /// <param name="row">One that it <see cref="Concerns"/>.</param>
    /// <param name="quantity">One of <see cref="Quantities"/>.</param>
    /// <param name="reason">Why it can't, in a few words without the row's own figures, so that rows can be counted by it; empty where it can.</param>
    /// <returns>Measured and predicted, or null.</returns>
    Prediction? Predict(MeasuredRow row, string quantity, out string reason);
}
