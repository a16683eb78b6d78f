namespace Headroom.Audit.Labels;

/// <summary>How well a class is labelled, by the confident joint.</summary>
/// <param name="Class">From 0.</param>
/// <param name="Issues">Rows that bear its label and are likely of another class.</param>
/// <param name="InverseIssues">Rows that are likely of it and bear another label.</param>
/// <param name="Noise">Share of the rows that bear its label and are likely of another class.</param>
/// <param name="InverseNoise">Share of the rows that are likely of it and bear another label.</param>
public sealed record ClassNoise(int Class, int Issues, int InverseIssues, double Noise, double InverseNoise)
{
    /// <summary>Share of the rows that bear its label and are likely of it.</summary>
    public double Quality => 1 - Noise;
}
