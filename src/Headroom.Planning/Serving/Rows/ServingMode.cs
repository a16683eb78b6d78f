namespace Headroom.Planning.Serving.Rows;

/// <summary>What a measured rate counts.</summary>
public enum ServingMode
{
    /// <summary>Tokens written a second, prompts left out.</summary>
    Decode,

    /// <summary>Prompt tokens worked through a second.</summary>
    Prefill,

    /// <summary>Tokens written over the whole time of a batch that starts and ends together.</summary>
    Batch,

    /// <summary>Tokens written a second by a server that is always full and takes new prompts as sequences end.</summary>
    Continuous,

    /// <summary>As <see cref="Continuous"/>, at the largest batch that fits.</summary>
    Saturated,
}
