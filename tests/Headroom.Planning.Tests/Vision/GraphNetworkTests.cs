using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Planning.Vision;

namespace Headroom.Planning.Tests.Vision;

public sealed class GraphNetworkTests
{
    private static readonly Dictionary<string, long> None = [];

    [Fact] // 224 x 224 is published with 5.73 million weights and 1.26 billion multiply-accumulates for ViT-Ti/16 (arXiv:2012.12877, table 5; arXiv:2106.10270)
    public void A_vision_transformer_has_its_published_work()
    {
        ImageNetwork tiny = GraphNetwork.Of(Vit.Classifier(new VitOptions { Channels = 3, PictureHeight = 224, PictureWidth = 224, Patch = 16, Width = 192, Layers = 12, Heads = 3, Hidden = 768, Classes = 1000 }), "vit-tiny", None);
        Assert.True(tiny.Attention);
        Assert.Equal(5.72e6, tiny.Parameters, 0.05e6);
        Assert.Equal(1.26e9, tiny.Macs, 0.1e9);
    }

    [Fact]
    public void Another_number_of_pictures_changes_nothing_of_one()
    {
        Model model = ResNet.Build(new ResNetOptions { Channels = 3, Height = 32, Width = 32, Stages = [16, 32], Blocks = 1, Classes = 10 });
        ImageNetwork n = GraphNetwork.Of(model, "resnet", None);
        Assert.False(n.Attention);
        Assert.True(n.Macs > 16 * 27 * 32 * 32);
        Assert.Contains("no dimension 'depth'", Assert.Throws<GraphException>(() => GraphNetwork.Of(model, "resnet", new Dictionary<string, long> { ["depth"] = 2 })).Message, StringComparison.Ordinal);
    }
}
