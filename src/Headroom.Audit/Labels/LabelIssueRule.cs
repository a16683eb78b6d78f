namespace Headroom.Audit.Labels;

/// <summary>By which rule labels are called wrong.</summary>
public enum LabelIssueRule
{
    /// <summary>Of each given and likely class as many as the confident joint counts, those of the greatest margin.</summary>
    NoiseRate,

    /// <summary>Of each given class as many as the confident joint counts, those of the least probability.</summary>
    Class,

    /// <summary>Those of both rules.</summary>
    Both,

    /// <summary>Those that the confident joint counts as of another class.</summary>
    ConfidentLearning,

    /// <summary>All whose likeliest class is another.</summary>
    PredictedOther,

    /// <summary>As many as <see cref="ConfidentLearning"/> finds, those of the least probability of their label.</summary>
    LowSelfConfidence,

    /// <summary>As many as <see cref="ConfidentLearning"/> finds, those of the least margin.</summary>
    LowNormalisedMargin,
}
