using Headroom.Data.Tables;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests.Diffusion;

/// <summary>Small pictures: those of class 0 are dark on the left, those of class 1 on the right.</summary>
public sealed class DenoisingTests
{
    private const int Edge = 8, Classes = 2;

    private static readonly NoiseSchedule Schedule = NoiseSchedule.Cosine(100);

    private static Model Network(string kind) => kind == "unet"
        ? UNet.Denoiser(new UNetOptions { Channels = 1, Height = Edge, Width = Edge, Features = 16, Multipliers = [1, 2], Blocks = 1, Heads = 2, Classes = Classes })
        : DiT.Denoiser(new DiTOptions { Channels = 1, PictureHeight = Edge, PictureWidth = Edge, Patch = 2, Width = 32, Layers = 2, Heads = 2, Classes = Classes });

    [Theory]
    [InlineData("unet", Prediction.Velocity, 5)]
    [InlineData("unet", Prediction.Noise, 40)]
    [InlineData("dit", Prediction.Velocity, 5)]
    public void A_network_learns_to_draw_the_class_that_is_asked_for(string kind, Prediction prediction, int steps)
    {
        Model network = Network(kind);
        using Session session = Trained(network, prediction, 300, out double first, out double last);
        // It begins by finding nothing: the loss is the mean square of the noise, which is 1, or a little less where the picture takes part.
        Assert.InRange(first, 0.7, 1.1);
        Assert.True(last < 0.35, $"{kind}: a loss of {last}");
        float[] pictures = Draw(session, network, prediction, 2, 64, steps);
        int right = Enumerable.Range(0, 64).Count(i => Side(pictures, i) == i % 2);
        Assert.True(right >= 56, $"{kind}: {right} of 64 are of their class");
        Assert.All(pictures, p => Assert.InRange(p, -1, 1));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    [InlineData(3f)]
    public void The_sampler_in_one_graph_draws_what_step_after_step_does_and_so_does_its_file(float guidance)
    {
        Model network = Network("unet");
        using Session session = Trained(network, Prediction.Velocity, 20, out _, out _);
        float[] stepwise = Draw(session, network, Prediction.Velocity, guidance, 4, 5);
        (float[] noise, long[] labels) = Start(4);
        Runtime.Execution.Program program = session.Compile(Specialize.Run(Ddim.Sampler(network, Schedule, Classes, Prediction.Velocity, new DdimOptions(5, guidance)), 4));
        noise.CopyTo(program.Input<float>(Ddim.Noise));
        labels.CopyTo(program.Input<long>(DenoiserInputs.Label));
        program.Run();
        float[] whole = program.Output<float>(Ddim.Drawn).ToArray();
        for (int i = 0; i < whole.Length; i++) Assert.Equal(stepwise[i], whole[i], 1e-4);
    }

    [Fact]
    public void Steps_of_a_sampler_share_their_memory_and_weights()
    {
        Model network = Network("unet");
        MemoryPlan Plan(int steps) => Session.Plan(Specialize.Run(Ddim.Sampler(network, Schedule, Classes, Prediction.Velocity, new DdimOptions(steps)), 4));
        MemoryPlan few = Plan(2), many = Plan(20);
        Assert.Equal(few.Graph.States.Length, many.Graph.States.Length);
        Assert.InRange(many.ArenaBytes, few.ArenaBytes, 1.1 * few.ArenaBytes);
    }

    private static Session Trained(Model network, Prediction prediction, int steps, out double first, out double last)
    {
        const int Rows = 256;
        var pixels = new float[Rows * Edge * Edge];
        var labels = new long[Rows];
        for (int i = 0; i < Rows; i++)
        {
            labels[i] = i % 2;
            for (int p = 0; p < Edge * Edge; p++) pixels[i * Edge * Edge + p] = p % Edge < Edge / 2 == (labels[i] == 0) ? 25 : 230;
        }
        var table = new TensorTable(new DenseField<float>(new Field("image", FieldType.Float32, [1, Edge, Edge]), pixels), new DenseField<long>(new Field("label", FieldType.Int64, []), labels));
        var session = new Session();
        var settings = new TrainingSettings { BatchSize = 32, MaxSteps = steps, Schedule = new ConstantSchedule { Peak = 3e-3 }, ClipNorm = 1, ValidationSteps = steps };
        TrainingResult result = new Trainer(Denoising.WithLoss(network, Schedule, Classes, prediction), settings, TrainingData.All(table, table), session).Run();
        (first, last) = (result.Document.History[0].Loss, result.Document.Validation[^1].Loss);
        return session;
    }

    private static (float[] Noise, long[] Labels) Start(int rows)
    {
        var noise = new float[rows * Edge * Edge];
        new Philox(5, 0).FillNormal(noise);
        return (noise, [.. Enumerable.Range(0, rows).Select(i => (long)i % 2)]);
    }

    private static float[] Draw(Session trained, Model network, Prediction prediction, float guidance, int rows, int count)
    {
        Runtime.Execution.Program program = trained.Compile(Specialize.Run(Ddim.Step(network, Schedule, Classes, prediction, guidance), rows));
        (float[] image, long[] labels) = Start(rows);
        int[] steps = [.. Schedule.Spaced(count)];
        for (int i = 0; i < steps.Length; i++)
        {
            image.CopyTo(program.Input<float>(DenoiserInputs.Image));
            labels.CopyTo(program.Input<long>(DenoiserInputs.Label));
            program.Input<long>(DenoiserInputs.Timestep).Fill(steps[i]);
            program.Input<long>(Ddim.Next).Fill(i + 1 < steps.Length ? steps[i + 1] : -1);
            program.Run();
            image = program.Output<float>(Ddim.Drawn).ToArray();
        }
        return image;
    }

    private static int Side(float[] pictures, int i)
    {
        Span<float> p = pictures.AsSpan(i * Edge * Edge, Edge * Edge);
        float left = 0, right = 0;
        for (int at = 0; at < p.Length; at++) if (at % Edge < Edge / 2) left += p[at]; else right += p[at];
        return left < right ? 0 : 1;
    }
}
