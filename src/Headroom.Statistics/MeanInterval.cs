using MathNet.Numerics.Distributions;

namespace Headroom.Statistics;

/// <summary>Intervals for a mean of independent values.</summary>
public static class MeanInterval
{
    public const string StudentMethod = "Student's t interval of the mean";

    public const string NormalMethod = "normal interval of the mean";

    /// <summary>mean ± t(n - 1) · s / √n (Student 1908): exact for normal values, near for many of any kind.</summary>
    /// <exception cref="ArgumentException">There are fewer than two values.</exception>
    public static (double Low, double High) Student(ReadOnlySpan<double> values, double confidence = 0.95)
    {
        double tail = Confidence.UpperTail(confidence);
        double error = StandardError(values);
        double half = StudentT.InvCDF(0, 1, values.Length - 1, tail) * error;
        double mean = Descriptive.Mean(values);
        return (mean - half, mean + half);
    }

    /// <summary>mean ± z · s / √n: for many values.</summary>
    /// <exception cref="ArgumentException">There are fewer than two values.</exception>
    public static (double Low, double High) Normal(ReadOnlySpan<double> values, double confidence = 0.95)
    {
        double half = Confidence.Z(confidence) * StandardError(values), mean = Descriptive.Mean(values);
        return (mean - half, mean + half);
    }

    /// <summary>s / √n.</summary>
    public static double StandardError(ReadOnlySpan<double> values) => Math.Sqrt(Descriptive.Variance(values) / values.Length);
}
