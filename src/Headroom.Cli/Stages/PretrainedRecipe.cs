using Headroom.Data.Tokenizers;
using Headroom.Evidence;
using Headroom.Graph.HuggingFace;
using Headroom.Training.HuggingFace;

namespace Headroom.Cli.Stages;

/// <summary>A decoder out of a Hugging Face folder, which stays where it is: weights may be larger than what a run's folder should hold.</summary>
internal sealed record PretrainedRecipe
{
    /// <summary>The folder, in full.</summary>
    public required string Folder { get; init; }

    /// <summary>Of config.json: another model there later is refused.</summary>
    public required string ConfigSha256 { get; init; }

    /// <summary>Bytes of the weights.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Tokens in a row.</summary>
    public required long Length { get; init; }

    public required long Vocabulary { get; init; }

    private PretrainedModel? open;

    /// <exception cref="InputException">The folder holds no model that can be built, or its tokenizer has more tokens than the model.</exception>
    public static PretrainedRecipe For(string folder, long length, TextTokenizer tokenizer)
    {
        ModelConfig config = ModelConfig.Read(folder);
        if (!ConfiguredModel.IsDecoder(config.Family)) throw new InputException(folder, $"it holds a classifier, {config.Architecture}, and model.preset pretrained trains decoders", "Take a Llama, Mistral, Qwen or GPT-2 model.");
        PretrainedModel model = PretrainedModel.Open(folder, length);
        if (tokenizer.VocabularySize > model.Config.VocabularySize)
            throw new InputException(folder, $"its tokenizer has {tokenizer.VocabularySize} tokens, its model {model.Config.VocabularySize}", "Take config.json and tokenizer.json of the same model.");
        return new PretrainedRecipe { Folder = Path.GetFullPath(folder), ConfigSha256 = Hash(folder), WeightBytes = model.WeightBytes, Length = length, Vocabulary = model.Config.VocabularySize, open = model };
    }

    /// <summary>Stays open: weights are read when a session starts.</summary>
    /// <exception cref="InputException">Another model is there now, or none.</exception>
    public PretrainedModel Open()
    {
        if (open is not null) return open;
        PretrainedModel model = PretrainedModel.Open(Folder, Length);
        if (Hash(Folder) != ConfigSha256 || model.WeightBytes != WeightBytes)
        {
            model.Dispose();
            throw new InputException(Folder, "it holds another model than when the run began", "Put the model back, or start a new run without --resume.");
        }
        return open = model;
    }

    public bool Equals(PretrainedRecipe? other) => other is not null && Folder == other.Folder && ConfigSha256 == other.ConfigSha256 && WeightBytes == other.WeightBytes && Length == other.Length;

    public override int GetHashCode() => HashCode.Combine(Folder, ConfigSha256, Length);

    private static string Hash(string folder) => ContentHash.OfFile(Path.Join(folder, "config.json"));
}
