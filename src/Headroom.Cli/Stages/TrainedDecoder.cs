using Headroom.Cli.Configuration;
using Headroom.Data.Features;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;
using Headroom.Evidence.Runs;
using Headroom.Graph;
using Headroom.Graph.Onnx;

namespace Headroom.Cli.Stages;

/// <summary>The language model of a run, as its folder keeps it: the graph by its recipe, the weights of model.onnx, the tokenizer of preprocessing.json.</summary>
/// <param name="Model">The decoder; every state's first value is the trained one.</param>
/// <param name="Tokenizer">Between text and tokens.</param>
internal sealed record TrainedDecoder(Model Model, TextTokenizer Tokenizer)
{
    /// <exception cref="InputException">The run is of another kind of model, has no model yet, or its files don't fit together.</exception>
    public static TrainedDecoder Load(RunFolder run)
    {
        ModelRecipe recipe = ModelRecipe.Load(RunContext.RecipeIn(run.Path));
        Preprocessing preprocessing = Preprocessing.Load(RunContext.PreprocessingIn(run.Path));
        if (!recipe.Preset.IsLanguageModel() || preprocessing.LanguageModel is not LanguageModelEncoding encoding)
            throw new InputException(run.Path, $"its model is of the preset '{recipe.Preset.ToString().ToLowerInvariant()}', which writes no text", "Give a run of a language model: model.preset decoder, llama or pretrained.");
        if (!File.Exists(run.Model)) throw new InputException(run.Path, "it holds no model.onnx", "Let its training end: headroom train PROJECT --resume " + run.Path);
        Dictionary<Value, State> trained = OnnxReader.Read(run.Model).States.ToDictionary(s => s.Value);
        // Only the form is wanted of a pretrained model: its weights are in model.onnx, as they were trained here.
        Model model = recipe.Build();
        State Given(State s) => trained.TryGetValue(s.Value, out State? found) && found.Type == s.Type && found.Initializer is Initializer.Given
            ? s with { Initializer = found.Initializer }
            : throw new InputException(run.Model, $"it lacks the weight '{s.Value}': {s.Type}, which recipe.json asks for", "Put the run's own model.onnx and recipe.json back.");
        var decoder = new TrainedDecoder(model with { States = [.. model.States.Select(Given)] }, encoding.Tokenizer);
        recipe.Pretrained?.Open().Dispose();
        return decoder;
    }

    /// <summary>The tokens of a prompt.</summary>
    /// <exception cref="InputException">It has none, or a character that the tokenizer has never seen.</exception>
    public int[] Encode(string prompt)
    {
        int[] tokens = Tokenizer.Encode(prompt);
        if (tokens.Length == 0) throw new InputException("prompt", "it is empty", "Give some text to write on from.");
        if (Tokenizer is CharacterTokenizer && tokens.Contains(TextTokenizer.PadId))
        {
            string? unknown = prompt.EnumerateRunes().Select(r => r.ToString()).FirstOrDefault(r => Tokenizer.Encode(r).Contains(TextTokenizer.PadId));
            throw new InputException("prompt", $"the model has never seen '{unknown ?? prompt}'", "Leave that out of the prompt; the characters of the training text are in preprocessing.json.");
        }
        return tokens;
    }
}
