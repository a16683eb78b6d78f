using System.Runtime.InteropServices;
using System.Text.Json;
using Headroom.Cli.Terminal;
using Headroom.Data.Features;
using Headroom.Evaluation;
using Headroom.Evaluation.Drawing;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Inference;
using Headroom.Training.Checkpoints;

namespace Headroom.Cli.Stages;

/// <summary>Measures what a network draws: whether the pictures are of their class, no copies, not all alike, and the same from the exported sampler.</summary>
internal sealed class DrawnEvaluation(RunContext run, Prepared data)
{
    private const int Batch = 256;

    /// <summary>Real pictures that drawn ones stand beside, at the most.</summary>
    private const int MostReal = 1000;

    public EvaluationDocument Run(EvaluationContext context)
    {
        IReadOnlyList<int> shape = ((ImageEncoding)data.Preprocessing.Features[0]).Shape;
        int pixels = shape.Aggregate(1, (a, b) => a * b);
        float[] drawn = Drawn(out int count);
        Measurement parity = Parity(shape, drawn, Math.Min(DrawingStage.ParityRows, count));
        for (int i = 0; i < drawn.Length; i++) drawn[i] = (drawn[i] + 1) / 2;
        int[] asked = [.. Enumerable.Range(0, count).Select(i => DrawingStage.Asked(i, data.Classes.Count))], tested = data.Test.Rows[..Math.Min(MostReal, data.Test.Rows.Length)];
        int[]? seen = data.Classifier is null ? null : Seen(drawn, shape, count);
        Lines.Note($"comparing {count} drawn and {tested.Length} test pictures with {data.Train.Rows.Length:N0} training pictures");
        var scores = DrawnScores.Of(drawn, asked, Pictures(data.Test, tested, pixels), Labels(tested), Pictures(data.Train, data.Train.Rows, pixels), pixels, seen, data.Classifier is null ? "" : $"the classifier {run.Settings.Evaluate.Classifier}");
        if (data.Classifier is not null) context = context with { Inputs = new Dictionary<string, string>(context.Inputs) { ["classifier"] = ContentHash.OfFile(data.Classifier) } };
        return Evaluations.Of(scores, context, parity) with { Classes = [.. data.Classes] };
    }

    private float[] Drawn(out int count)
    {
        using SafetensorsFile file = SafetensorsFile.Open(run.Samples);
        TensorData pictures = file.Read("pictures");
        count = (int)pictures.Type.Shape[0];
        return pictures.As<float>().ToArray();
    }

    /// <summary>The first pictures again, by ONNX Runtime.</summary>
    private Measurement Parity(IReadOnlyList<int> shape, float[] drawn, int rows)
    {
        using OnnxSession session = OnnxSession.Load(run.Sampler, new OnnxSessionOptions { Threads = run.Settings.Train.Threads });
        var drawing = new DrawingStage(run, ModelRecipe.Load(run.Recipe).Diffusion!);
        var extents = new Shape([rows, .. shape.Select(d => (long)d)]);
        float[] image = drawing.Noise(0, rows);
        long[] labels = [.. Enumerable.Range(0, rows).Select(i => (long)DrawingStage.Asked(i, data.Classes.Count))];
        foreach ((int at, int next) in drawing.Ways())
        {
            using InferenceOutputs outputs = session.Run(
            [
                InferenceInput.Of(DenoiserInputs.Image.Name, extents, image), InferenceInput.Of(DenoiserInputs.Label.Name, new Shape(rows), labels),
                InferenceInput.Of(DenoiserInputs.Timestep.Name, new Shape(rows), All(at)), InferenceInput.Of(Ddim.Next.Name, new Shape(rows), All(next)),
            ]);
            image = outputs.Span<float>(Ddim.Drawn.Name).ToArray();
        }
        return PictureParity.Of(drawn.AsSpan(0, (int)extents.Elements), image, rows);

        long[] All(int step) => [.. Enumerable.Repeat((long)step, rows)];
    }

    /// <summary>What the classifier takes the pictures for, as numbers of this data's classes.</summary>
    private int[] Seen(float[] pictures, IReadOnlyList<int> shape, int count)
    {
        Lines.Note($"showing them to {run.Settings.Evaluate.Classifier}");
        using OnnxSession session = OnnxSession.Load(data.Classifier!, new OnnxSessionOptions { Threads = run.Settings.Train.Threads });
        int pixels = pictures.Length / count;
        int[] numbers = Numbers(session);
        var seen = new int[count];
        for (int from = 0; from < count; from += Batch)
        {
            int rows = Math.Min(Batch, count - from);
            float[] image = [.. pictures.AsSpan(from * pixels, rows * pixels)];
            for (int i = 0; i < image.Length; i++) image[i] *= 255;
            using InferenceOutputs outputs = session.Run([InferenceInput.Of(ImageEncoding.FieldName, new Shape([rows, .. shape.Select(d => (long)d)]), image)]);
            ReadOnlySpan<float> logits = outputs.Span<float>("logits");
            int width = logits.Length / rows;
            for (int r = 0; r < rows; r++)
            {
                ReadOnlySpan<float> row = logits.Slice(r * width, width);
                int best = 0;
                for (int c = 1; c < width; c++) if (row[c] > row[best]) best = c;
                seen[from + r] = best < numbers.Length ? numbers[best] : -1;
            }
        }
        return seen;
    }

    /// <summary>The number that each of the classifier's classes has here.</summary>
    /// <exception cref="InputException">It knows other classes.</exception>
    private int[] Numbers(OnnxSession session)
    {
        string[] names = session.Metadata.TryGetValue("classes", out string? json) ? JsonSerializer.Deserialize<string[]>(json) ?? [] : [];
        if (names.Length == 0) return [.. Enumerable.Range(0, data.Classes.Count)];
        int[] numbers = [.. names.Select(n => data.Classes.ToList().IndexOf(n))];
        string[] unknown = [.. data.Classes.Where(c => !names.Contains(c))];
        return unknown.Length == 0 ? numbers : throw new InputException(data.Classifier!, $"it knows the classes {string.Join(", ", names)}, and not {string.Join(", ", unknown)}", "Name a classifier that was trained on the same classes, with the same class_names.");
    }

    /// <summary>Pixels from 0 to 1.</summary>
    private static float[] Pictures(Part part, int[] rows, int pixels)
    {
        var pictures = new float[rows.Length * pixels];
        part.Table.CopyRows(rows, part.Table.IndexOf(ImageEncoding.FieldName), MemoryMarshal.AsBytes(pictures.AsSpan()));
        for (int i = 0; i < pictures.Length; i++) pictures[i] /= 255;
        return pictures;
    }

    private int[] Labels(int[] rows)
    {
        var labels = new long[rows.Length];
        data.Test.Table.CopyRows(rows, data.Test.Table.IndexOf(LabelEncoding.FieldName), MemoryMarshal.AsBytes(labels.AsSpan()));
        return [.. labels.Select(l => (int)l)];
    }
}
