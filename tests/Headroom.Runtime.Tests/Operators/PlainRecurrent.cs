using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>The recurrent layers, one number after the other, from ONNX's equations.</summary>
internal static class PlainRecurrent
{
    /// <summary>All states, the last ones, and, for an LSTM, the last cell states.</summary>
    /// <param name="op">The attributes.</param>
    /// <param name="f">ONNX's inputs, null where absent; time first.</param>
    public static double[][] Run(RecurrentOperator op, Feed?[] f)
    {
        Shape x = f[0]!.Type.Shape;
        long seq = x[0], batch = x[1], input = x[2], h = f[2]!.Type.Shape[2], gates = op.Gates;
        int directions = op.Directions;
        double[] all = new double[seq * directions * batch * h], last = new double[directions * batch * h], cells = new double[directions * batch * h];
        for (int d = 0; d < directions; d++)
            for (long b = 0; b < batch; b++)
            {
                double[] state = [.. Enumerable.Range(0, (int)h).Select(j => f[5]?.Values[(d * batch + b) * h + j] ?? 0)], cell = [.. Enumerable.Range(0, (int)h).Select(j => f.Length > 6 && f[6] is { } c ? c.Values[(d * batch + b) * h + j] : 0)];
                long length = f[4] is { } n ? (long)n.Values[b] : seq;
                for (long k = 0; k < length; k++)
                {
                    long t = op.Direction == RecurrentDirection.Reverse || d == 1 ? length - 1 - k : k;
                    double[] from = state;
                    double Input(int gate, int j) => Bias(gate, j) + Enumerable.Range(0, (int)input).Sum(i => f[1]!.Values[((d * gates + gate) * h + j) * input + i] * f[0]!.Values[(t * batch + b) * input + i]);
                    double State(int gate, int j, double[] s) => Enumerable.Range(0, (int)h).Sum(i => f[2]!.Values[((d * gates + gate) * h + j) * h + i] * s[i]);
                    double Bias(long gate, int j) => f[3]?.Values[(d * 2 * gates + gate) * h + j] ?? 0;
                    double Act(int index, double v) => Of(op.Activation(d, index), op.Clip > 0 ? Math.Clamp(v, -op.Clip, op.Clip) : v);
                    double[] Each(Func<int, double> value) => [.. Enumerable.Range(0, (int)h).Select(value)];
                    switch (op)
                    {
                        case LSTM lstm:
                            double P(int gate, int j) => f[7]?.Values[(d * 3 + gate) * h + j] ?? 0;
                            double[] old = cell;
                            double Sum(int gate, int j) => Input(gate, j) + State(gate, j, from) + Bias(gates + gate, j);
                            double[] i = Each(j => Act(0, Sum(0, j) + P(0, j) * old[j])), forget = lstm.InputForget ? Each(j => 1 - i[j]) : Each(j => Act(0, Sum(2, j) + P(2, j) * old[j]));
                            cell = Each(j => forget[j] * old[j] + i[j] * Act(1, Sum(3, j)));
                            double[] now = cell;
                            state = Each(j => Act(0, Sum(1, j) + P(1, j) * now[j]) * Act(2, now[j]));
                            break;
                        case GRU gru:
                            double[] z = Each(j => Act(0, Input(0, j) + State(0, j, from) + Bias(3, j))), r = Each(j => Act(0, Input(1, j) + State(1, j, from) + Bias(4, j)));
                            double[] reset = Each(j => r[j] * from[j]);
                            double[] n2 = Each(j => Act(1, Input(2, j) + (gru.LinearBeforeReset ? r[j] * (State(2, j, from) + Bias(5, j)) : State(2, j, reset) + Bias(5, j))));
                            state = Each(j => (1 - z[j]) * n2[j] + z[j] * from[j]);
                            break;
                        default:
                            state = Each(j => Act(0, Input(0, j) + State(0, j, from) + Bias(1, j)));
                            break;
                    }
                    for (int j = 0; j < h; j++) all[((t * directions + d) * batch + b) * h + j] = state[j];
                }
                for (int j = 0; j < h; j++) (last[(d * batch + b) * h + j], cells[(d * batch + b) * h + j]) = (state[j], cell[j]);
            }
        return op.States > 1 ? [all, last, cells] : [all, last];
    }

    public static double Of(RecurrentActivation f, double x) => f.Kind switch
    {
        ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.Relu => Math.Max(x, 0),
        ActivationKind.Affine => f.Alpha * x + f.Beta,
        ActivationKind.LeakyRelu => x >= 0 ? x : f.Alpha * x,
        ActivationKind.ThresholdedRelu => x >= f.Alpha ? x : 0,
        ActivationKind.ScaledTanh => f.Alpha * Math.Tanh(f.Beta * x),
        ActivationKind.HardSigmoid => Math.Clamp(f.Alpha * x + f.Beta, 0, 1),
        ActivationKind.Elu => x >= 0 ? x : f.Alpha * (Math.Exp(x) - 1),
        ActivationKind.Softsign => x / (1 + Math.Abs(x)),
        _ => Math.Log(1 + Math.Exp(x)),
    };
}
