using System.Text.Json.Serialization;
using Headroom.Cli.Configuration;
using Headroom.Data.Features;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;

namespace Headroom.Cli.Stages;

/// <summary>How a network made by others becomes one for our data.</summary>
internal sealed record OnnxRecipe
{
    /// <summary>The copy in a run's folder.</summary>
    public const string Copy = "source.onnx";

    public required string Sha256 { get; init; }

    public HeadKind Head { get; init; }

    public IReadOnlyList<string> Freeze { get; init; } = [];

    public float DividePixelsBy { get; init; } = 1;

    /// <summary><c>[channels, height, width]</c>.</summary>
    public required IReadOnlyList<int> Picture { get; init; }

    public required int Classes { get; init; }

    /// <summary>Where the file lies; not kept, for a run's folder may be moved.</summary>
    [JsonIgnore]
    public string Path
    {
        get;
        init => (field, built) = (value, null);
    } = "";

    private Model? built;

    /// <summary>Reads the file and tries all that the settings ask for.</summary>
    /// <exception cref="InputException">The file is no model, or doesn't fit the data or the settings.</exception>
    public static OnnxRecipe For(ModelSettings m, string path, ImageEncoding picture, int classes)
    {
        var recipe = new OnnxRecipe { Sha256 = ContentHash.OfFile(path), Head = m.Head, Freeze = m.Freeze, DividePixelsBy = (float)m.DividePixelsBy, Picture = picture.Shape, Classes = classes, Path = path };
        Model model = recipe.Build();
        TensorType logits = Specialize.Run(model, 2).Type(model.Outputs[0]);
        if (logits.Element != ElementType.Float32) throw new InputException(path, $"its scores are {logits}, and fp32 ones can be trained here.", "Export it again with fp32 outputs.");
        if (logits.Rank != 2 || logits.Shape[1] != classes)
            throw new InputException(path, $"it gives {logits.Shape} for two pictures, and the data has {classes} classes.", "Say model.head: replace, or take data of the classes that the network knows.");
        return recipe;
    }

    /// <summary>The network as the data wants it: input <c>image</c>, output <c>logits</c>, any batch. The file is read once, whatever becomes of it later.</summary>
    public Model Build() => built ??= Read();

    private Model Read()
    {
        try
        {
            Model model = AnyBatch.Run(OnnxReader.Read(Path));
            if (model.Inputs is not [{ Element: ElementType.Float32 } input]) throw new GraphException($"it takes {string.Join(", ", model.Inputs)}; a network of one fp32 picture can be trained here");
            Dimension[] wanted = ["batch", .. Picture.Select(d => (Dimension)d)];
            bool fits = input.Dimensions.Length == wanted.Length && input.Dimensions.Zip(wanted).All(d => d.First.Name is not null || d.First == d.Second);
            if (!fits) throw new GraphException($"it takes {input}, the data's pictures are [{string.Join(", ", Picture)}]; give the reader 'resize' or 'color'");
            model = model with { Inputs = [input with { Dimensions = [.. wanted] }] };
            model = Transfer.Divided(Transfer.Renamed(model, input.Value, new Value(ImageEncoding.FieldName)), new Value(ImageEncoding.FieldName), DividePixelsBy);
            // Before the new head is there: a pattern such as * means the network that was given, not what is put on it.
            model = Transfer.Freeze(model, Freeze);
            if (model.Outputs.Length != 1 && Head == HeadKind.Keep) throw new GraphException($"it has {model.Outputs.Length} outputs; say model.head: replace");
            model = Head == HeadKind.Replace ? Transfer.ReplaceHead(model, Classes) : Transfer.Renamed(model, model.Outputs[0], new Value("logits"));
            if (!model.States.Any(s => s.Trainable)) throw new GraphException("model.freeze leaves no weight to train");
            return model;
        }
        catch (GraphException e)
        {
            throw new InputException($"{System.IO.Path.GetFileName(Path)}: {e.Message}", e);
        }
    }
}
