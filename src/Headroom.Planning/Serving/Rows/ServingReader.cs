using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>Reads rows of one shape into questions.</summary>
public abstract class ServingReader
{
    /// <summary>The readers, those of peculiar shapes first, the tolerant one last.</summary>
    public static IReadOnlyList<ServingReader> All { get; } =
        [new BloomReader(), new GptFastReader(), new LlamaCppReader(), new FasterTransformerReader(), new GaudiReader(), new NeuronReader(), new PlainReader()];

    /// <summary>Whether a row has this shape.</summary>
    /// <param name="row">Its cells.</param>
    /// <returns>Whether <see cref="Read"/> should be asked.</returns>
    public abstract bool Knows(MeasuredRow row);

    /// <summary>What was measured.</summary>
    /// <param name="row">Its cells.</param>
    /// <param name="skip">Why nothing can be asked, where the answer is empty.</param>
    /// <returns>A question for each figure that the row holds.</returns>
    public abstract IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip);

    /// <summary>What was measured, by the first reader that knows the row.</summary>
    /// <param name="row">Its cells.</param>
    /// <param name="skip">Why nothing can be asked, where the answer is empty.</param>
    /// <returns>A question for each figure that the row holds.</returns>
    public static IEnumerable<ServingQuestion> ReadAny(MeasuredRow row, out string skip)
    {
        skip = "no serving row";
        return All.FirstOrDefault(r => r.Knows(row))?.Read(row, out skip) ?? [];
    }

    /// <summary>The tokens of a prompt where a benchmark doesn't say: a question of a few sentences.</summary>
    protected const double ShortPrompt = 32;

    /// <summary>How many were asked for where a benchmark doesn't say.</summary>
    protected const double ShortAnswer = 100;
}
