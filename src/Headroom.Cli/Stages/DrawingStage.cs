using Headroom.Cli.Terminal;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Training.Checkpoints;

namespace Headroom.Cli.Stages;

/// <summary>Draws pictures by the network of a run, the classes in turn, and keeps them; exports the sampler.</summary>
internal sealed class DrawingStage(RunContext run, DiffusionRecipe recipe)
{
    /// <summary>Drawn at a time.</summary>
    private const int Batch = 100;

    /// <summary>Rows of the grid in the report, and how many pictures the exported sampler is compared on.</summary>
    public const int GridRows = 8, ParityRows = 8;

    // A stream apart from those of initialisation, shuffling and the draws of training.
    private const ulong Stream = 0x4452_4157_0000_0000; // "DRAW"

    private int Pixels => recipe.Shape.Aggregate(1, (a, b) => a * b);

    /// <summary>What the network draws with its first weights.</summary>
    public void DrawBefore()
    {
        using var session = new Session();
        Write(run.GridBefore, Draw(session, GridRows * recipe.Classes, initialize: true));
    }

    /// <summary>Draws with the weights that a session holds, and writes pictures, grid and sampler.</summary>
    public void DrawTrained(Session session, Func<State, TensorData> value)
    {
        int count = run.Settings.Evaluate.Samples;
        Lines.Note($"drawing {count} pictures in {run.Settings.Evaluate.SamplingSteps} steps each");
        // The grid needs whole rows of it, whatever is measured.
        float[] pictures = Draw(session, Math.Max(count, GridRows * recipe.Classes), initialize: false);
        Write(run.Grid, pictures);
        float[] measured = pictures[..(count * Pixels)];
        SafetensorsWriter.Write(run.Samples, [SafetensorsEntry.Of("pictures", TensorData.Of(ElementType.Float32, new Shape([count, .. recipe.Shape.Select(d => (long)d)]), measured))]);
        Model step = recipe.Step((float)run.Settings.Evaluate.Guidance);
        OnnxWriter.Write(step with { Metadata = step.Metadata.SetItem("timesteps", $"[{string.Join(", ", Steps)}]") }, run.Sampler, value);
    }

    /// <summary>What picture i was drawn from.</summary>
    public float[] Noise(int first, int count)
    {
        var noise = new float[count * Pixels];
        new Philox(run.Settings.Train.Seed, Stream).FillNormal(noise, (ulong)first * (ulong)Pixels);
        return noise;
    }

    /// <summary>The steps from noise to picture, each with the one behind it; -1 is the picture.</summary>
    public IEnumerable<(int At, int Next)> Ways() => Steps.Zip([.. Steps.Skip(1), -1]);

    private int[] Steps => [.. recipe.Noise().Spaced(run.Settings.Evaluate.SamplingSteps)];

    /// <summary>The class that was asked for in picture i.</summary>
    public static int Asked(int i, int classes) => i % classes;

    private float[] Draw(Session session, int count, bool initialize)
    {
        int batch = Math.Min(Batch, count);
        using Runtime.Execution.Program step = session.Compile(Specialize.Run(recipe.Step((float)run.Settings.Evaluate.Guidance), batch));
        if (initialize) session.Initialize(run.Settings.Train.Seed);
        var all = new List<float>(count * Pixels);
        for (int first = 0; first < count; first += batch)
        {
            float[] image = Noise(first, batch);
            foreach ((int at, int next) in Ways())
            {
                run.Cancellation.ThrowIfCancellationRequested();
                image.CopyTo(step.Input<float>(DenoiserInputs.Image));
                Span<long> labels = step.Input<long>(DenoiserInputs.Label);
                for (int r = 0; r < batch; r++) labels[r] = Asked(first + r, recipe.Classes);
                step.Input<long>(DenoiserInputs.Timestep).Fill(at);
                step.Input<long>(Ddim.Next).Fill(next);
                step.Run();
                image = step.Output<float>(Ddim.Drawn).ToArray();
            }
            all.AddRange(image.AsSpan(0, Math.Min(batch, count - first) * Pixels));
        }
        return [.. all];
    }

    private void Write(string path, float[] pictures) => PictureGrid.Write(path, pictures, recipe.Shape, GridRows, recipe.Classes);
}
