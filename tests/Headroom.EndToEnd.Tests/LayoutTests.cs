using System.Buffers.Binary;
using Headroom.Evidence.Documents;

namespace Headroom.EndToEnd.Tests;

/// <summary>A run over pictures, whose layout in memory is chosen by a measurement.</summary>
public sealed class LayoutTests
{
    private const int Rows = 200, Side = 8;

    [Fact]
    public void How_pictures_lie_is_measured_and_the_choice_is_the_plan_s_and_a_resume_s()
    {
        using var s = new Scratch("data: { train: { reader: idx, images: images, labels: labels }, split: { train: 0.6, validation: 0.2, test: 0.2, seed: 1 } }\n"
            + "model: { preset: resnet, stages: [8], blocks: 1 }\ntrain: { epochs: 1, batch: 20, threads: 1 }\nevaluate: { baseline: false }\n");
        Pictures(s.Project);
        Said said = Cli.Run(s.Root, "train", "project");
        Assert.True(said.Code == 0, said.ToString());
        PlanDocument plan = s.Run!.Read<PlanDocument>();
        PlanChoice layout = Assert.Single(plan.Choices);
        Assert.Equal("layout", layout.Lever);
        Assert.Matches(@"^[\d.]+ [mu]?s a step with pictures channels-last, [\d.]+ [mu]?s row by row$", layout.Why);
        bool last = plan.Settings["channelsLast"].GetBoolean();
        Assert.Equal(last ? "channels-last" : "row by row", layout.Value);

        // A resume doesn't choose again: what the plan says holds, the other way round too.
        File.WriteAllText(Path.Combine(s.Run.Path, "levers.json"), File.ReadAllText(Path.Combine(s.Run.Path, "levers.json")).Replace($"\"channels_last\":{(last ? "true" : "false")}", $"\"channels_last\":{(last ? "false" : "true")}", StringComparison.Ordinal));
        Directory.Delete(s.Run.CheckpointFolder, recursive: true);
        File.Delete(s.Run.Model);
        Said resumed = Cli.Run(s.Root, "train", "project", "--resume", s.Run.Path);
        Assert.True(resumed.Code == 0, resumed.ToString());
        Assert.Equal(!last, s.Run.Read<PlanDocument>().Settings["channelsLast"].GetBoolean());
    }

    /// <summary>Grey pictures, bright at the top or at the bottom: the class.</summary>
    private static void Pictures(string folder)
    {
        byte[] images = new byte[16 + Rows * Side * Side], labels = new byte[8 + Rows];
        int[] header = [0x0803, Rows, Side, Side];
        for (int i = 0; i < header.Length; i++) BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4 * i), header[i]);
        BinaryPrimitives.WriteInt32BigEndian(labels, 0x0801);
        BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), Rows);
        for (int row = 0; row < Rows; row++)
        {
            labels[8 + row] = (byte)(row % 2);
            for (int p = 0; p < Side * Side; p++) images[16 + (row * Side * Side) + p] = (byte)((p / Side < Side / 2 == (row % 2 == 0) ? 160 : 20) + ((row * 31 + p * 17) % 60));
        }
        File.WriteAllBytes(Path.Combine(folder, "images"), images);
        File.WriteAllBytes(Path.Combine(folder, "labels"), labels);
    }
}
