using System.Collections.Immutable;
using System.Globalization;
using Headroom.Evidence.Quantities;

namespace Headroom.Graph.HuggingFace;

/// <summary>Layers that keep the same of each token.</summary>
/// <param name="Layers">How many.</param>
/// <param name="Elements">What one of them keeps of a token.</param>
/// <param name="Window">How many tokens it keeps at most; null where all.</param>
/// <param name="Arithmetic">Where the elements come from.</param>
public sealed record CacheGroup(long Layers, long Elements, int? Window, string Arithmetic)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Layers} layers x ({Arithmetic}){(Window is int w ? $", of the last {w} tokens" : "")}");
}

/// <summary>What generation keeps of the tokens before: keys and values, their compressed rows, or a state that doesn't grow.</summary>
/// <param name="Groups">By what a layer keeps.</param>
/// <param name="StateElements">Elements of a sequence, however long (Mamba layers).</param>
public sealed record KvCache(ImmutableArray<CacheGroup> Groups, long StateElements)
{
    /// <summary>Elements that one more token takes, while no window is full.</summary>
    public long ElementsPerToken => Groups.Sum(g => checked(g.Layers * g.Elements));

    /// <summary>Elements that one more token takes once every window is full.</summary>
    public long ElementsPerLaterToken => Groups.Where(g => g.Window is null).Sum(g => checked(g.Layers * g.Elements));

    /// <summary>Bytes that one more token takes, while no window is full.</summary>
    public Bytes PerToken(ElementType type) => new(checked(ElementsPerToken * type.Size()));

    /// <summary>Bytes of one sequence of so many tokens, the state that doesn't grow included.</summary>
    public Bytes At(long tokens, ElementType type) => new(checked((StateElements + Groups.Sum(g => checked(g.Layers * g.Elements * Math.Min(tokens, g.Window ?? tokens)))) * type.Size()));

    internal static KvCache Of(ModelConfig c)
    {
        long mamba = c.Layers.Count(k => k.Mixer == Mixer.Mamba);
        // The recurrent state of each channel, and the last inputs of the convolution.
        long state = c.Mamba is MambaConfig m ? checked(mamba * ((m.Inner * m.StateSize) + (m.Convolved * m.Kernel))) : 0;
        if (c.Family is ModelFamily.Bert or ModelFamily.Vit) return new KvCache([], 0);
        if (c.EncoderLayers > 0) return new KvCache([Group(c, Mixer.Full, c.Layers.Length - c.EncoderLayers)], 0);
        var groups = c.Layers.Where(k => k.Mixer is Mixer.Full or Mixer.Windowed).GroupBy(k => k.Mixer).Select(g => Group(c, g.Key, g.Count()));
        return new KvCache([.. groups], state);
    }

    private static CacheGroup Group(ModelConfig c, Mixer mixer, long layers)
    {
        int? window = mixer == Mixer.Windowed ? c.Window : null;
        if (c.Latent is not LatentAttentionConfig l)
        {
            AttentionConfig a = c.AttentionOf(mixer);
            return new CacheGroup(layers, checked(2L * a.KeyValueHeads * a.HeadDim), window, $"2 x {a.KeyValueHeads} heads x {a.HeadDim}");
        }
        string text = $"{l.KeyValueRank} compressed + {l.RotaryHeadDim} rotary" + (l.Indexer is IndexerConfig i ? $" + {i.HeadDim} of the indexer" : "");
        return new CacheGroup(layers, (long)l.KeyValueRank + l.RotaryHeadDim + (l.Indexer?.HeadDim ?? 0), window, text);
    }
}
