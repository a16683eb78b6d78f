using System.Text.Json.Serialization;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>How columns become tensors, fitted on the training rows and the same for every row that comes later.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TextEncoding), "text")]
[JsonDerivedType(typeof(TabularEncoding), "tabular")]
[JsonDerivedType(typeof(ImageEncoding), "image")]
public abstract record FeatureEncoding
{
    /// <summary>The fields it makes.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>The fields' values for all rows of a dataset.</summary>
    /// <exception cref="InputException">A column is missing, or of another kind or shape than in training.</exception>
    public abstract IReadOnlyList<FieldSource> Encode(Dataset data);
}
