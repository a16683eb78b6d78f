using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Training.Tests;

public sealed class FingerprintTests
{
    [Fact]
    public void The_same_model_has_the_same_hash_and_every_change_another()
    {
        var options = new TransformerOptions { Vocabulary = 10, Length = 4, Width = 8, Layers = 1, Heads = 2 };
        string[] hashes =
        [
            ModelFingerprint.Of(Problems.Network()),
            ModelFingerprint.Of(Problems.Network(hidden: 17)),
            ModelFingerprint.Of(Problems.Network(dropout: 0.1)),
            ModelFingerprint.Of(Problems.Network(dropout: 0.2)),
            ModelFingerprint.Of(Transformer.Decoder(options)),
            ModelFingerprint.Of(Transformer.Decoder(options with { Heads = 4 })),
            ModelFingerprint.Of(Transformer.Decoder(options with { EmbeddingDeviation = 0.02 })),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], ModelFingerprint.Of(Problems.Network()));
    }

    [Fact]
    public void A_given_weight_counts()
    {
        Model With(float value)
        {
            var b = new ModelBuilder("m");
            return b.Build(b.Weight("w", new Initializer.Given(TensorData.Floats(new Shape(1), value)), 1));
        }
        Assert.NotEqual(ModelFingerprint.Of(With(1)), ModelFingerprint.Of(With(2)));
    }
}
