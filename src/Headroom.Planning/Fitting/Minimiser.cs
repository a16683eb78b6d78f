namespace Headroom.Planning.Fitting;

/// <summary>Least robust loss within bounds: Levenberg and Marquardt's method with differences for derivatives. The same rows give the same values, to the last digit, on one machine.</summary>
/// <remarks>
/// Residuals are logarithms of predicted over measured, so that twice too much and half too little weigh alike. The loss of each is <c>√(r² + δ²) - δ</c>: absolute beyond δ, so that one wrong row doesn't bend
/// the rest, and squared below it. Parameters move as logits of their place between the bounds' logarithms, so that none leaves them.
/// </remarks>
public static class Minimiser
{
    // Where a step of this size in the logit stands for the derivative: kinks of max() pass unseen below it, rounding above.
    private const double Difference = 1e-4;

    // Logits beyond this are as good as the bound itself, and their derivative is nothing.
    private const double Furthest = 9;

    /// <summary>Finds the parameters of the least loss.</summary>
    /// <param name="parameters">With starts and bounds.</param>
    /// <param name="residuals">Logarithmic errors of all rows at the given values; always as many, finite.</param>
    /// <param name="weights">Of the rows; all 1 where null.</param>
    /// <param name="delta">Errors below this count squared.</param>
    /// <param name="rounds">The most steps.</param>
    /// <param name="from">Values to set out from, within the bounds; the parameters' starts where null. What straying from a start costs is reckoned from that start all the same.</param>
    /// <returns>Values, loss and the steps taken.</returns>
    public static FitResult Fit(IReadOnlyList<FittedParameter> parameters, Func<double[], double[]> residuals, IReadOnlyList<double>? weights = null, double delta = 0.03, int rounds = 200, IReadOnlyList<double>? from = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(residuals);
        foreach (FittedParameter p in parameters)
        {
            if (!(p.Lower > 0 && p.Lower < p.Upper && p.Start >= p.Lower && p.Start <= p.Upper && double.IsFinite(p.Upper))) throw new ArgumentException($"{p.Name}: {p.Start} in {p.Lower} to {p.Upper}: bounds must be above 0 and hold the start.", nameof(parameters));
        }
        int n = parameters.Count;
        double[] at = [.. parameters.Select((p, i) => Logit(p, from?[i] ?? p.Start))];
        double[] r = residuals(Values(parameters, at));
        double loss = Loss(parameters, at, r, weights, delta), damping = 1e-2;
        int round = 0, idle = 0;
        for (; round < rounds && n > 0 && idle < 5; round++)
        {
            (double[,] curvature, double[] slope) = Normal(parameters, at, r, residuals, weights, delta);
            bool better = false;
            for (int attempt = 0; attempt < 12 && !better; attempt++)
            {
                double[]? step = Solve(curvature, slope, damping);
                if (step is not null)
                {
                    double[] tried = [.. at.Select((x, i) => Math.Clamp(x - Math.Clamp(step[i], -2, 2), -Furthest, Furthest))];
                    double[] errors = residuals(Values(parameters, tried));
                    double reached = Loss(parameters, tried, errors, weights, delta);
                    if (reached < loss)
                    {
                        idle = loss - reached < 1e-7 * loss ? idle + 1 : 0;
                        (at, r, loss, better) = (tried, errors, reached, true);
                        damping = Math.Max(1e-9, damping / 4);
                        break;
                    }
                }
                damping = Math.Min(1e9, damping * 5);
            }
            if (!better) break;
        }
        return new FitResult([.. Values(parameters, at)], loss, round);
    }

    /// <summary>Sets out from the starts and from many places around them, each for a few steps, and goes on from the best: the loss has more than one valley.</summary>
    /// <param name="parameters">As for <see cref="Fit"/>.</param>
    /// <param name="residuals">As for <see cref="Fit"/>.</param>
    /// <param name="weights">As for <see cref="Fit"/>.</param>
    /// <param name="delta">As for <see cref="Fit"/>.</param>
    /// <param name="places">How many to set out from.</param>
    /// <param name="few">Steps from each.</param>
    /// <param name="rounds">The most steps from the best.</param>
    /// <param name="seed">Of the places.</param>
    public static FitResult FitFromMany(IReadOnlyList<FittedParameter> parameters, Func<double[], double[]> residuals, IReadOnlyList<double>? weights, double delta, int places, int few, int rounds, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var random = new Random(seed);
        FitResult best = Fit(parameters, residuals, weights, delta, few);
        for (int place = 1; place < places; place++)
        {
            double[] from = [.. parameters.Select(p => Math.Clamp(p.Start * Math.Exp(((2 * random.NextDouble()) - 1) * Math.Min(1, 2 * p.Spread)), p.Lower * 1.001, p.Upper * 0.999))];
            FitResult found = Fit(parameters, residuals, weights, delta, few, from);
            if (found.Loss < best.Loss) best = found;
        }
        return Fit(parameters, residuals, weights, delta, rounds, best.Values);
    }

    private static double Logit(FittedParameter p, double value)
    {
        double place = Math.Log(value / p.Lower) / Math.Log(p.Upper / p.Lower);
        return Math.Clamp(Math.Log(place / (1 - place)), -Furthest, Furthest);
    }

    private static double Value(FittedParameter p, double logit) => p.Lower * Math.Exp(Math.Log(p.Upper / p.Lower) / (1 + Math.Exp(-logit)));

    private static double[] Values(IReadOnlyList<FittedParameter> parameters, double[] at) => [.. at.Select((x, i) => Value(parameters[i], x))];

    private static double Strayed(FittedParameter p, double logit) => double.IsInfinity(p.Spread) ? 0 : Math.Log(Value(p, logit) / p.Start) / p.Spread;

    private static double Loss(IReadOnlyList<FittedParameter> parameters, double[] at, double[] r, IReadOnlyList<double>? weights, double delta)
    {
        double sum = 0;
        for (int i = 0; i < r.Length; i++) sum += (weights?[i] ?? 1) * (Math.Sqrt((r[i] * r[i]) + (delta * delta)) - delta);
        // A stray of one spread costs as one row that is off by delta's tenfold.
        for (int i = 0; i < at.Length; i++) sum += 5 * delta * Strayed(parameters[i], at[i]) * Strayed(parameters[i], at[i]);
        return double.IsFinite(sum) ? sum : double.PositiveInfinity;
    }

    /// <summary>Gauss and Newton's matrix and slope, each row weighted as its robust loss bends there.</summary>
    private static (double[,] Curvature, double[] Slope) Normal(IReadOnlyList<FittedParameter> parameters, double[] at, double[] r, Func<double[], double[]> residuals, IReadOnlyList<double>? weights, double delta)
    {
        int n = at.Length;
        var columns = new double[n][];
        for (int j = 0; j < n; j++)
        {
            double[] moved = [.. at];
            double step = at[j] > 0 ? -Difference : Difference;
            moved[j] += step;
            double[] other = residuals(Values(parameters, moved));
            columns[j] = [.. other.Select((o, i) => (o - r[i]) / step)];
        }
        double[] weight = [.. r.Select((e, i) => (weights?[i] ?? 1) / Math.Sqrt((e * e) + (delta * delta)))];
        var curvature = new double[n, n];
        var slope = new double[n];
        for (int j = 0; j < n; j++)
        {
            for (int i = 0; i < r.Length; i++) slope[j] += weight[i] * columns[j][i] * r[i];
            for (int k = 0; k <= j; k++)
            {
                double sum = 0;
                for (int i = 0; i < r.Length; i++) sum += weight[i] * columns[j][i] * columns[k][i];
                curvature[j, k] = curvature[k, j] = sum;
            }
            if (double.IsInfinity(parameters[j].Spread)) continue;
            double bend = (Strayed(parameters[j], at[j] + Difference) - Strayed(parameters[j], at[j] - Difference)) / (2 * Difference);
            slope[j] += 10 * delta * Strayed(parameters[j], at[j]) * bend;
            curvature[j, j] += 10 * delta * bend * bend;
        }
        return (curvature, slope);
    }

    /// <summary>Cholesky's, of the damped matrix; null where it isn't positive.</summary>
    private static double[]? Solve(double[,] curvature, double[] slope, double damping)
    {
        int n = slope.Length;
        var l = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = curvature[i, j] + (i == j ? (damping * curvature[i, i]) + 1e-9 : 0);
                for (int k = 0; k < j; k++) sum -= l[i, k] * l[j, k];
                if (i != j) l[i, j] = sum / l[j, j];
                else if (sum > 0) l[i, i] = Math.Sqrt(sum);
                else return null;
            }
        }
        var x = new double[n];
        for (int i = 0; i < n; i++)
        {
            double sum = slope[i];
            for (int k = 0; k < i; k++) sum -= l[i, k] * x[k];
            x[i] = sum / l[i, i];
        }
        for (int i = n - 1; i >= 0; i--)
        {
            double sum = x[i];
            for (int k = i + 1; k < n; k++) sum -= l[k, i] * x[k];
            x[i] = sum / l[i, i];
        }
        return x;
    }
}
