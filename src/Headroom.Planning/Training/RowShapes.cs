using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.HuggingFace;
using Headroom.Planning.Models;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Training;

/// <summary>The model of a measured run: by the sizes in the row, by its name, or, of a GPT that is known by its size alone, by the proportions of its kind.</summary>
internal static partial class RowShapes
{
    // Where a row names no vocabulary: GPT-2's, padded as Megatron pads it.
    private const int UsualVocabulary = 51200, UsualSequence = 2048;

    // Fine-tuning is usually measured on Alpaca, whose longest sample has 1,304 tokens of Llama 2's 32,000, and 1,034 to 1,079 of vocabularies of 50,000 and more (litgpt, tutorials/resource-tables.md).
    private static int LongestInstruction(int? vocabulary) => vocabulary is < 40_000 ? 1304 : 1050;

    // Megatron's GPTs of 18 to 145 thousand million weights are that many times as wide as deep (arXiv:2104.04473, table 1); heads have 128 elements.
    private const double WidthOverDepth = 150, HeadDim = 128;

    public static (TransformerShape Shape, int Sequence, bool Stated)? Of(MeasuredRow row, out string reason)
    {
        reason = "";
        RowFields m = row.Model;
        string name = m.Text("name", "size_label") ?? row.Whole.Text("model") ?? "", size = m.Text("size", "size_label") ?? "";
        PublishedModel? known = PublishedModels.Published(name) ?? PublishedModels.Published($"{name} {size}");
        int? stated = m.Count("seq", "sequence", "seq_len") ?? row.Config.Count("seq", "sequence length", "seq_len", "context_length", "context length", "max_seq_len") ?? row.Whole.Section("raw").Count("Context Length") ?? RowHardware.Setting(row, "Seq Length");
        int sequence = stated ?? (known?.Config.Image is { } image ? Patches(image) : row.Kind.StartsWith("llm-finetune", StringComparison.Ordinal) ? LongestInstruction(known?.Config.VocabularySize) : Math.Min(known?.Config.MaximumPositions ?? UsualSequence, UsualSequence));
        try
        {
            if (m.Count("layers", "num_layers", "n_layers") is int layers && m.Count("hidden", "hidden_size", "d_model") is int hidden) return (Described(m, name, layers, hidden, sequence, known), sequence, stated is not null);
            if (known is not null) return (known.Shape, sequence, stated is not null);
            if ((Billions(size) ?? Billions(name)) is not double weights || !Sized().IsMatch(name))
            {
                reason = name.Length > 0 ? "model not in the register, and no sizes in the row" : "no model in the row";
                return null;
            }
            return (BySize(name, weights, sequence), sequence, stated is not null);
        }
        catch (Exception e) when (e is InputException or GraphException)
        {
            reason = "sizes in the row that no model can have";
            return null;
        }
    }

    /// <summary>Thousand millions of weights that a name states: <c>52B</c>, <c>345M</c>.</summary>
    private static double? Billions(string text) => Size().Match(text) is { Success: true } found && double.TryParse(found.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double n) && n > 0
        ? n * (found.Groups[2].Value is "m" or "M" ? 1e-3 : found.Groups[2].Value is "t" or "T" ? 1e3 : 1) : null;

    private static int Patches(ImageConfig image) => (int)image.Patches + 1;

    private static TransformerShape Described(RowFields m, string name, int layers, int hidden, int sequence, PublishedModel? known)
    {
        int heads = m.Count("heads", "num_heads", "attention_heads") ?? UsualHeads(hidden), keys = m.Count("kv_heads", "num_kv_heads", "num_query_groups") ?? heads;
        int inner = m.Count("ffn", "ffn_hidden", "intermediate", "intermediate_size") ?? 4 * hidden, vocabulary = m.Count("vocab", "vocab_size") ?? known?.Config.VocabularySize ?? UsualVocabulary;
        int experts = m.Count("experts", "num_experts") ?? 0, active = m.Count("active_experts", "topk", "top_k", "experts_per_token", "num_experts_per_tok") ?? 2;
        bool tied = m.Flag("tied_embeddings", "tied") ?? known?.Config.TiedEmbeddings ?? inner == 4 * hidden;
        double? total = m.Number("params", "parameters") is double p and > 1e6 ? p : Billions(name) * 1e9;
        // Nothing in a row says whether feed-forward networks gate: the published model, else the total, else the usual width tells.
        bool gated = m.Flag("gated", "swiglu", "glu") ?? known?.Config.Gated ?? (total is double t && experts == 0 ? Nearer(true, t) : inner != 4 * hidden);
        return Shape(gated);

        bool Nearer(bool gating, double all) => Math.Abs(Math.Log(Shape(gating).Parameters / all)) < Math.Abs(Math.Log(Shape(!gating).Parameters / all));
        TransformerShape Shape(bool gating) => Config(name, experts > 0 ? "mixtral" : gating ? "llama" : keys < heads ? "phi" : "gpt2", layers, hidden, heads, keys, m.Count("head_dim"), inner, vocabulary, tied, sequence, experts, active);
    }

    private static TransformerShape BySize(string name, double billions, int sequence)
    {
        double weights = billions * 1e9, step = weights > 5e9 ? 1024 : 128, best = double.PositiveInfinity;
        (int Layers, int Hidden) found = (1, (int)step);
        for (int hidden = (int)step; hidden <= 40_960; hidden += (int)step)
        {
            int layers = (int)Math.Round((weights - ((double)UsualVocabulary * hidden)) / (12.0 * hidden * hidden));
            if (layers < 2) break;
            double off = Math.Abs(Math.Log(hidden / (double)layers / (weights > 5e9 ? WidthOverDepth : WidthOverDepth / 2)));
            if (off < best) (best, found) = (off, (layers, hidden));
        }
        return Config(name, "gpt2", found.Layers, found.Hidden, UsualHeads(found.Hidden), UsualHeads(found.Hidden), null, 4 * found.Hidden, UsualVocabulary, true, sequence, 0, 0);
    }

    private static int UsualHeads(int hidden)
    {
        int heads = Math.Max(1, (int)Math.Round(hidden / HeadDim));
        while (hidden % heads != 0) heads--;
        return heads;
    }

    private static TransformerShape Config(string name, string type, int layers, int hidden, int heads, int keys, int? headDim, int inner, int vocabulary, bool tied, int sequence, int experts, int active)
    {
        var fields = new Dictionary<string, object>
        {
            ["model_type"] = type, ["num_hidden_layers"] = layers, ["n_layer"] = layers, ["hidden_size"] = hidden, ["n_embd"] = hidden, ["num_attention_heads"] = heads, ["n_head"] = heads, ["num_key_value_heads"] = keys,
            ["intermediate_size"] = inner, ["n_inner"] = inner, ["vocab_size"] = vocabulary, ["tie_word_embeddings"] = tied, ["n_positions"] = sequence,
        };
        if (headDim is int dim) fields["head_dim"] = dim;
        if (experts > 0) (fields["num_local_experts"], fields["num_experts_per_tok"]) = (experts, Math.Min(active, experts));
        return TransformerShape.Of(ModelConfig.Parse(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(fields)), "row"), name);
    }

    [GeneratedRegex(@"(?<![a-zA-Z\d.])(\d+(?:\.\d+)?)\s*([bBmMtT])(?![a-zA-Z])")]
    private static partial Regex Size();

    // A GPT by its size: the size alone, or after a word that means one.
    [GeneratedRegex(@"^\s*((megatron|gpt|dense|llm|transformer)[-_ \d.]*)*\d+(\.\d+)?\s*[bBmMtT]\b", RegexOptions.IgnoreCase)]
    private static partial Regex Sized();
}
