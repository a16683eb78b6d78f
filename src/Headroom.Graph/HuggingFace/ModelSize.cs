using System.Collections.Immutable;
using Headroom.Evidence.Quantities;

namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of one part of a model.</summary>
/// <param name="Part">Which.</param>
/// <param name="Parameters">All of them.</param>
/// <param name="Active">Those that one token meets.</param>
/// <param name="Arithmetic">Where they come from, a line a shape.</param>
public sealed record PartSize(WeightPart Part, long Parameters, long Active, ImmutableArray<string> Arithmetic);

/// <summary>What a model takes, by its <c>config.json</c> alone: parameters, bytes of the weights, and bytes of cache a token, each with its arithmetic.</summary>
/// <remarks>Layers that predict further tokens (<see cref="ModelConfig.PredictionLayers"/>) aren't counted, as their makers' own totals don't.</remarks>
public sealed record ModelSize
{
    /// <summary>Leaves room to multiply by the bytes of any element.</summary>
    private const long MostParameters = long.MaxValue / 16;

    private ModelSize(ModelConfig config, ImmutableArray<WeightCount> weights)
    {
        Weights = weights;
        Parameters = weights.Sum(w => w.Parameters);
        if (Parameters > MostParameters) throw new OverflowException();
        ActiveParameters = weights.Sum(w => w.ActiveParameters);
        Cache = KvCache.Of(config);
        _ = checked(Cache.ElementsPerToken * 8);
        StoredBytes = StoredIn(config, weights);
    }

    /// <summary>Every weight, by shape.</summary>
    public ImmutableArray<WeightCount> Weights { get; }

    /// <summary>Elements of all weights.</summary>
    public long Parameters { get; }

    /// <summary>Elements that one token of text meets: all but those of the experts that it doesn't go to, and of the picture encoder. The token table counts whole, as most makers count it.</summary>
    public long ActiveParameters { get; }

    public KvCache Cache { get; }

    /// <summary>Bytes of the weights in the model's own file; null where it doesn't say how they are kept.</summary>
    public Bytes? StoredBytes { get; }

    /// <summary>The parts that the model has, embedding first.</summary>
    public IEnumerable<PartSize> Parts => Weights.GroupBy(w => w.Part).OrderBy(g => g.Key)
        .Select(g => new PartSize(g.Key, g.Sum(w => w.Parameters), g.Sum(w => w.ActiveParameters), [.. g.Select(w => w.ToString())]));

    /// <summary>Bytes of all weights in one element type.</summary>
    public Bytes WeightBytes(ElementType type) => new(Parameters * type.Size());

    /// <exception cref="GraphException">The sizes multiply to more than there can be, or the head isn't known.</exception>
    public static ModelSize Of(ModelConfig config)
    {
        try
        {
            var weights = new WeightList(config.Quantization);
            if (config.Family is ModelFamily.Bert or ModelFamily.Vit or ModelFamily.Gpt2) EncoderWeights.Add(config, weights);
            else if (config.Family == ModelFamily.T5) T5Weights.Add(config, weights);
            else if (config.LayerNorms is not null) LayerNormWeights.Add(config, weights);
            else DecoderWeights.Add(config, weights);
            return new ModelSize(config, weights.All);
        }
        catch (OverflowException)
        {
            throw new GraphException($"{ConfigFile.Name}: its sizes multiply to more parameters than any memory holds");
        }
    }

    private static Bytes? StoredIn(ModelConfig c, ImmutableArray<WeightCount> weights)
    {
        if (c.Quantization is QuantizationConfig q && q.Method is not ("fp8" or "mxfp4")) return null;
        // Quantised models that don't name the type of the rest have it in bfloat16.
        ElementType? type = c.WeightType ?? (c.Quantization is null ? null : ElementType.BFloat16);
        return type is ElementType t ? new Bytes(weights.Sum(w => w.Stored(t, c.Quantization))) : null;
    }
}
