namespace Headroom.Data.Features;

/// <summary>A number column as training saw it. The constants are for the model's graph to normalise with; the table holds raw values.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Median">Of the training rows; stands where a value is missing.</param>
/// <param name="Mean">Of the training rows, with the median in place of missing values.</param>
/// <param name="StandardDeviation">Of the same (divisor n); 1 where all values are equal, so that dividing by it is harmless.</param>
/// <param name="Missing">Training rows without a value.</param>
public sealed record NumberFeature(string Column, double Median, double Mean, double StandardDeviation, int Missing);
