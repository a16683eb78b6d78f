using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>Puts adapters into a model's nodes and its frozen weights into their storage.</summary>
internal sealed class LowRankRewrite
{
    public const string PackedSuffix = ".packed", ScalesSuffix = ".scales";

    private readonly Model _model;
    private readonly LowRankOptions _options;
    private readonly Dictionary<Value, State> _weights;
    private readonly HashSet<Value> _tied;
    private readonly HashSet<Value> _whole;
    private readonly Dictionary<Value, Adapter> _adapters = [];
    private readonly Dictionary<Value, Value> _unpacked = [];
    private readonly List<Node> _nodes = [];
    private readonly List<State> _states = [];
    private readonly ImmutableDictionary<Value, TensorData>.Builder _constants;
    private readonly ImmutableDictionary<string, BlockCode>.Builder _packed = ImmutableDictionary.CreateBuilder<string, BlockCode>();

    public LowRankRewrite(Model model, LowRankOptions options)
    {
        (_model, _options) = (model, options);
        _weights = model.States.Where(s => s is { Kind: StateKind.Weight, Trainable: true }).ToDictionary(s => s.Value);
        _constants = model.Constants.ToBuilder();
        _tied = [.. model.Nodes.SelectMany(n => n.Inputs.Where((v, i) => i != 1 || Product(n) is null)).Where(_weights.ContainsKey)];
        _whole = [.. options.Whole.SelectMany(p => Matching(p, _weights.Keys))];
        List<Node> products = [.. model.Nodes.Where(n => Target(n) is not null)];
        HashSet<Value> all = [.. products.Select(n => n.Inputs[1]).Where(w => !_whole.Contains(w))];
        HashSet<Value> targets = [.. options.Targets.SelectMany(p => Matching(p, all))];
        foreach (Node n in products.Where(n => targets.Contains(n.Inputs[1]))) Adapt(n);
    }

    public AdaptedModel Run()
    {
        foreach (Node node in _model.Nodes) Rewrite(node);
        foreach (State s in _model.States)
        {
            if (!_weights.ContainsKey(s.Value) || _whole.Contains(s.Value)) _states.Add(s);
            else _states.AddRange(Frozen(s));
        }
        foreach (Adapter a in _adapters.Values)
        {
            Shape w = _weights[new Value(a.Weight)].Type.Shape;
            (long inputs, long outputs) = a.Transposed ? (w[1], w[0]) : (w[0], w[1]);
            // Only A is random: at first the model is what it was.
            _states.Add(new State(new Value(a.A), new TensorType(ElementType.Float32, inputs, _options.Rank), StateKind.Weight, Initializer.FanIn(inputs)) { Trainable = true });
            _states.Add(new State(new Value(a.B), new TensorType(ElementType.Float32, _options.Rank, outputs), StateKind.Weight, Initializer.Zeros) { Trainable = true });
        }
        return new AdaptedModel(_model with { States = [.. _states], Nodes = [.. _nodes], Constants = _constants.ToImmutable() }, [.. _adapters.Values], _packed.ToImmutable());
    }

    /// <summary>Whether a node multiplies by a weight that an adapter can stand beside, and whether that lies transposed. A weight that others read too, as the table of a tied head, can't be changed for the product alone.</summary>
    private bool? Target(Node n) => Product(n) is bool transposed && !_tied.Contains(n.Inputs[1]) ? transposed : null;

    private bool? Product(Node n)
    {
        if (n.Inputs.Length < 2 || !_weights.TryGetValue(n.Inputs[1], out State? w) || w.Type.Rank != 2) return null;
        return n.Operator switch
        {
            MatMul => false,
            Gemm { TransposeA: false } g => g.TransposeB,
            _ => null,
        };
    }

    private void Adapt(Node n)
    {
        State w = _weights[n.Inputs[1]];
        if (_adapters.ContainsKey(w.Value)) return;
        if (_options.Rank >= Math.Min(w.Type.Shape[0], w.Type.Shape[1])) throw new GraphException($"an adapter of rank {_options.Rank} is no smaller than weight '{w.Value}' {w.Type.Shape}; take a lower rank, or leave the weight out of the targets");
        var adapter = new Adapter(w.Value.Name, "", "", Target(n)!.Value, _options.Alpha / _options.Rank);
        _adapters[w.Value] = adapter with { A = adapter.Module + ".lora_A", B = adapter.Module + ".lora_B" };
    }

    private void Rewrite(Node node)
    {
        if (Target(node) is null || !_adapters.TryGetValue(node.Inputs[1], out Adapter? adapter))
        {
            _nodes.AddRange(Stored(node));
            return;
        }
        Value y = node.Outputs[0], plain = new(y + ".base"), low = new(y + ".low"), scaled = new(y + ".scaled"), change = new(y + ".change"), factor = new(y + ".factor");
        _nodes.AddRange(Stored(node with { Outputs = [plain] }));
        double scale = adapter.Scale * (node.Operator is Gemm g ? g.Alpha : 1);
        _constants[factor] = TensorData.Scalar((float)scale);
        Value x = node.Inputs[0];
        _nodes.Add(new Node(low.Name, new MatMul(), [x, new Value(adapter.A)], [low]));
        // Here it is the smallest.
        _nodes.Add(new Node(scaled.Name, new Mul(), [low, factor], [scaled]));
        _nodes.Add(new Node(change.Name, new MatMul(), [scaled, new Value(adapter.B)], [change]));
        _nodes.Add(new Node(y.Name, new Add(), [plain, change], [y]));
    }

    /// <summary>A node that reads a frozen weight out of its storage, and what takes it from there before.</summary>
    private IEnumerable<Node> Stored(Node node)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            Value v = node.Inputs[i];
            if (!v.Exists || !_weights.TryGetValue(v, out State? w) || _whole.Contains(v) || Storage(w) == BaseStorage.Same) continue;
            if (node.Operator is Gather && i == 0)
            {
                // Rows of a table are widened, not the table.
                Value rows = new(node.Outputs[0] + ".bf16");
                yield return node with { Outputs = [rows] };
                yield return new Node(node.Outputs[0].Name + ".cast", new Cast { To = ElementType.Float32 }, [rows], node.Outputs);
                yield break;
            }
            if (!_unpacked.TryGetValue(v, out Value whole))
            {
                whole = _unpacked[v] = new Value(v + ".unpacked");
                yield return Code(Storage(w)) is BlockCode code
                    ? new Node(whole.Name, new UnpackBlocks { Code = code, Dims = w.Type.Shape }, [new Value(v + PackedSuffix), new Value(v + ScalesSuffix)], [whole])
                    : new Node(whole.Name, new Cast { To = ElementType.Float32 }, [v], [whole]);
            }
            node = node with { Inputs = node.Inputs.SetItem(i, whole) };
        }
        yield return node;
    }

    private IEnumerable<State> Frozen(State s)
    {
        BaseStorage storage = Storage(s);
        if (storage == BaseStorage.Same) return [s with { Trainable = false }];
        Initializer start = s.Initializer;
        if (!start.HasValues) throw new GraphException($"weight '{s.Value}' has no values yet; adapters over {storage} weights stand on a trained model");
        if (Code(storage) is not BlockCode code) return [s with { Trainable = false, Type = new TensorType(ElementType.BFloat16, s.Type.Shape), Initializer = Kept(new TensorType(ElementType.BFloat16, s.Type.Shape), () => start.Values().To(ElementType.BFloat16)) }];
        _packed[s.Value.Name] = code;
        TensorType packed = BlockPacking.PackedType(code, s.Type.Shape), scales = BlockPacking.ScalesType(s.Type.Shape);
        return
        [
            new State(new Value(s.Value + PackedSuffix), packed, StateKind.Weight, Kept(packed, () => BlockPacking.Pack(start.Values(), code).Packed)),
            new State(new Value(s.Value + ScalesSuffix), scales, StateKind.Weight, Kept(scales, () => BlockPacking.Pack(start.Values(), code).Scales)),
        ];
    }

    /// <summary>Matrices that have an adapter are packed; other matrices are kept in bf16; norms and biases, which are small, as they are.</summary>
    private BaseStorage Storage(State w)
    {
        if (_options.Base == BaseStorage.Same || w.Type.Rank < 2 || w.Type.Element != ElementType.Float32) return BaseStorage.Same;
        return _options.Base == BaseStorage.BFloat16 || _adapters.ContainsKey(w.Value) ? _options.Base : BaseStorage.BFloat16;
    }

    // Made when a session starts: here it would lie in memory a second time.
    private static Initializer Kept(TensorType type, Func<TensorData> make) => new Initializer.Stored(type, make);

    private static BlockCode? Code(BaseStorage storage) => storage switch
    {
        BaseStorage.Int8 => BlockCode.Int8,
        BaseStorage.Nf4 => BlockCode.Nf4,
        _ => null,
    };

    private IEnumerable<Value> Matching(string pattern, IEnumerable<Value> among)
    {
        List<Value> found = [.. among.Where(v => LowRank.Fits(pattern, v.Name))];
        return found.Count > 0 ? found : throw new GraphException($"no weight of a matrix product is called '{pattern}'; there are {string.Join(", ", _model.Nodes.Where(n => Target(n) is not null).Select(n => n.Inputs[1].Name).Distinct().Take(30))}");
    }
}
