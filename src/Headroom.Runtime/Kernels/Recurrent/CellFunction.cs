using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>An activation over a run of numbers, its argument cut to ±clip, and its slope.</summary>
internal readonly unsafe struct CellFunction<T>(RecurrentActivation function, float clip) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Units that a cell takes at once, between buffers on the stack.</summary>
    public const int Run = 64;

    private readonly ActivationKind _kind = function.Kind;
    private readonly T _alpha = T.CreateTruncating(function.Alpha), _beta = T.CreateTruncating(function.Beta), _clip = clip > 0 ? T.CreateTruncating(clip) : T.PositiveInfinity;

    /// <summary><c>y = f(x)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(T* x, T* y, long n)
    {
        long i = 0;
        if (typeof(T) == typeof(float) && _kind is ActivationKind.Sigmoid or ActivationKind.Tanh)
        {
            // tanh x = 2 σ(2x) - 1.
            bool tanh = _kind == ActivationKind.Tanh;
            Vector512<float> limit = Vector512.Create(float.CreateTruncating(_clip)), factor = Vector512.Create(tanh ? -2f : -1f), scale = Vector512.Create(tanh ? 2f : 1f), shift = Vector512.Create(tanh ? -1f : 0f);
            for (; i + 16 <= n; i += 16)
            {
                Vector512<float> v = Vector512.Load((float*)x + i);
                v = Vector512.ConditionalSelect(Vector512.GreaterThan(v, limit), limit, Vector512.ConditionalSelect(Vector512.LessThan(v, -limit), -limit, v));
                (scale / (Vector512<float>.One + VectorMath.Exp(v * factor)) + shift).Store((float*)y + i);
            }
        }
        for (; i < n; i++) y[i] = Of(x[i] > _clip ? _clip : x[i] < -_clip ? -_clip : x[i]);
    }

    /// <summary><c>d ∘= f'(x)</c>, where <c>y = f(x)</c> is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Slope(T* x, T* y, T* d, long n)
    {
        if (_kind == ActivationKind.Sigmoid) for (long i = 0; i < n; i++) d[i] *= y[i] * (T.One - y[i]);
        else if (_kind == ActivationKind.Tanh) for (long i = 0; i < n; i++) d[i] *= T.One - y[i] * y[i];
        else for (long i = 0; i < n; i++) d[i] *= Slope(x[i], y[i]);
        if (T.IsFinite(_clip))
            for (long i = 0; i < n; i++) if (T.Abs(x[i]) > _clip) d[i] = T.Zero;
    }

    private T Of(T x) => _kind switch
    {
        ActivationKind.Sigmoid => T.One / (T.One + T.Exp(-x)),
        ActivationKind.Tanh => T.Tanh(x),
        ActivationKind.Relu => x < T.Zero ? T.Zero : x,
        ActivationKind.Affine => _alpha * x + _beta,
        ActivationKind.LeakyRelu => x < T.Zero ? _alpha * x : x,
        ActivationKind.ThresholdedRelu => x < _alpha ? T.Zero : x,
        ActivationKind.ScaledTanh => _alpha * T.Tanh(_beta * x),
        ActivationKind.HardSigmoid => Within(_alpha * x + _beta),
        ActivationKind.Elu => x < T.Zero ? _alpha * T.ExpM1(x) : x,
        ActivationKind.Softsign => x / (T.One + T.Abs(x)),
        // Without overflow: log(1 + e^x) = max(x, 0) + log(1 + e^-|x|).
        _ => (x < T.Zero ? T.Zero : x) + T.LogP1(T.Exp(-T.Abs(x))),
    };

    private T Slope(T x, T y) => _kind switch
    {
        ActivationKind.Relu => x > T.Zero ? T.One : T.Zero,
        ActivationKind.Affine => _alpha,
        ActivationKind.LeakyRelu => x < T.Zero ? _alpha : T.One,
        ActivationKind.ThresholdedRelu => x < _alpha ? T.Zero : T.One,
        ActivationKind.ScaledTanh => ScaledTanhSlope(T.Tanh(_beta * x)),
        ActivationKind.HardSigmoid => y > T.Zero && y < T.One ? _alpha : T.Zero,
        ActivationKind.Elu => x < T.Zero ? y + _alpha : T.One,
        ActivationKind.Softsign => T.One / ((T.One + T.Abs(x)) * (T.One + T.Abs(x))),
        _ => T.One / (T.One + T.Exp(-x)),
    };

    private T ScaledTanhSlope(T tanh) => _alpha * _beta * (T.One - tanh * tanh);

    private static T Within(T x) => x < T.Zero ? T.Zero : x > T.One ? T.One : x;
}
