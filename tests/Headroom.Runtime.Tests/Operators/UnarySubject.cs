using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>An elementwise operator of one input with some parameters, its formula, and where to try it.</summary>
internal sealed record UnarySubject(Operator Operator, Func<double, double> Formula, double Low = -4, double High = 4)
{
    /// <summary>Where the derivative jumps: values stay away from there.</summary>
    public double[] Kinks { get; init; } = [];

    public static string[] Names { get; } =
    [
        "LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "HardSigmoid", "HardSwish", "Swish", "Softplus", "Softsign", "Mish",
        "Reciprocal", "Abs", "Sin", "Cos", "Erf", "Sqrt", "Sign", "Ceil", "Floor", "Round",
    ];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="alpha">The first parameter, where there is one; not 0.</param>
    /// <param name="beta">The second.</param>
    public static UnarySubject Of(string name, float alpha = 0.75f, float beta = 0.5f) => name switch
    {
        "LeakyRelu" => new(new LeakyRelu { Alpha = alpha }, x => x < 0 ? alpha * x : x) { Kinks = [0] },
        "Elu" => new(new Elu { Alpha = alpha }, x => x > 0 ? x : alpha * (Math.Exp(x) - 1)) { Kinks = [0] },
        "Selu" => new(new Selu { Alpha = alpha, Gamma = beta }, x => (double)beta * (x > 0 ? x : alpha * (Math.Exp(x) - 1))) { Kinks = [0] },
        // Below zero a negative parameter makes it grow as an exponential.
        "Celu" => new(new Celu { Alpha = alpha }, x => Math.Max(0, x) + Math.Min(0, alpha * (Math.Exp(x / alpha) - 1)), alpha < 0 ? 4 * alpha : -4) { Kinks = [0] },
        "ThresholdedRelu" => new(new ThresholdedRelu { Alpha = alpha }, x => x > alpha ? x : 0) { Kinks = [alpha] },
        "HardSigmoid" => new(new HardSigmoid { Alpha = alpha, Beta = beta }, x => Math.Max(0, Math.Min(1, (double)alpha * x + beta))) { Kinks = [-(double)beta / alpha, (1 - (double)beta) / alpha] },
        "HardSwish" => new(new HardSwish(), x => x * Math.Max(0, Math.Min(1, x / 6 + 0.5))) { Kinks = [-3, 3] },
        "Swish" => new(new Swish { Alpha = alpha }, x => x / (1 + Math.Exp(-(double)alpha * x))),
        "Softplus" => new(new Softplus(), x => Math.Log(1 + Math.Exp(x))),
        "Softsign" => new(new Softsign(), x => x / (1 + Math.Abs(x))) { Kinks = [0] },
        "Mish" => new(new Mish(), x => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))),
        "Reciprocal" => new(new Reciprocal(), x => 1 / x, 0.3),
        "Abs" => new(new Abs(), Math.Abs) { Kinks = [0] },
        "Sin" => new(new Sin(), Math.Sin),
        "Cos" => new(new Cos(), Math.Cos),
        "Erf" => new(new Erf(), Plain.Erf, -2.5, 2.5),
        "Sqrt" => new(new Sqrt(), Math.Sqrt, 0.3),
        "Sign" => new(new Sign(), x => Math.Sign(x)) { Kinks = [0] },
        "Ceil" => new(new Ceil(), Math.Ceiling) { Kinks = [-4, -3, -2, -1, 0, 1, 2, 3, 4] },
        "Floor" => new(new Floor(), Math.Floor) { Kinks = [-4, -3, -2, -1, 0, 1, 2, 3, 4] },
        "Round" => new(new Round(), Math.Round) { Kinks = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5] },
        _ => throw new ArgumentException(name),
    };

    /// <summary>Random values away from the kinks.</summary>
    public Feed Feed(TensorType type, int seed)
    {
        Feed feed = Tests.Feed.Random(type, seed, Low, High);
        const double Gap = 0.03;
        return Tests.Feed.Of(type, [.. feed.Values.Select(v => Kinks.Where(k => Math.Abs(v - k) < Gap).Select(k => v < k ? k - Gap : k + Gap).DefaultIfEmpty(v).First())]);
    }
}
