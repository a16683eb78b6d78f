using System.Collections.Immutable;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Onnx;

/// <summary>
/// What a model's values are while its dimensions are still named: the model is typed at several values of each, and what stays the same is static, what follows a name has that name.
/// </summary>
internal sealed class ProbedTypes
{
    private static readonly long[] Candidates = [2, 3, 5, 1, 4, 7, 8, 16, 32, 64, 128, 224, 256, 512, 1024];

    private readonly List<(IReadOnlyDictionary<string, long> Bindings, TypedBuilder Typed)> _probes = [];
    private readonly string[] _names;

    // Where a shape follows from what only a caller can give, nothing has a shape yet; element types follow all the same.
    private readonly Dictionary<Value, ElementType> _elements = [];

    private ProbedTypes(Model model)
    {
        _names = [.. model.DimensionNames];
        GraphException? refused = null;
        foreach (long value in _names.Length == 0 ? [1] : Candidates)
        {
            refused = Try(model, _names.ToDictionary(n => n, _ => value));
            if (refused is null) break;
        }
        if (refused is not null && ShapeBearing.Inputs(model).Count > 0)
        {
            AddElements(model);
            return;
        }
        if (refused is not null) throw refused;
        IReadOnlyDictionary<string, long> start = _probes[0].Bindings;
        foreach (string name in _names) Vary(model, v => start.ToDictionary(b => b.Key, b => b.Key == name ? v : b.Value));
        // Dimensions that must be equal can only be moved together.
        if (_probes.Count == 1 && _names.Length > 1) Vary(model, v => _names.ToDictionary(n => n, _ => v));
    }

    /// <exception cref="GraphException">The model has types at no probed size.</exception>
    public static ProbedTypes Of(Model model) => new(model);

    public ElementType Element(Value value) => _probes.Count > 0 ? _probes[0].Typed.Type(value).Element : _elements.GetValueOrDefault(value, ElementType.Float32);

    /// <summary>A value that is known before the run, whatever the named dimensions are; else null.</summary>
    public TensorData? Known(Value value)
    {
        TensorData? first = _probes.Count > 0 ? _probes[0].Typed.Constant(value) : null;
        if (first is null) return null;
        foreach ((_, TypedBuilder typed) in _probes)
        {
            if (typed.Constant(value) is not TensorData other || other.Type != first.Type || !other.Bytes.SequenceEqual(first.Bytes)) return null;
        }
        return first;
    }

    /// <summary>The extents, named where they follow a name; null where even the rank changes.</summary>
    public ImmutableArray<Dimension>? Dimensions(Value value)
    {
        if (_probes.Count == 0) return null;
        TensorType[] types = [.. _probes.Select(p => p.Typed.Type(value))];
        if (types.Any(t => t.Rank != types[0].Rank)) return null;
        return [.. Enumerable.Range(0, types[0].Rank).Select(axis => Dimension(value, axis, types))];
    }

    private void AddElements(Model model)
    {
        foreach (GraphInput i in model.Inputs) _elements[i.Value] = i.Element;
        foreach (State s in model.States) _elements[s.Value] = s.Type.Element;
        foreach ((Value v, TensorData data) in model.Constants) _elements[v] = data.Type.Element;
        foreach (Node n in model.Nodes)
        {
            // An operator may look at any of its first inputs, there or not.
            ElementType[] inputs = [.. n.Inputs.Select(v => v.Exists ? Element(v) : ElementType.Float32), .. new ElementType[8]];
            for (int i = 0; i < n.Outputs.Length; i++) if (n.Outputs[i].Exists) _elements[n.Outputs[i]] = n.Operator.OutputElement(i, inputs);
        }
    }

    private Dimension Dimension(Value value, int axis, TensorType[] types)
    {
        long first = types[0].Shape[axis];
        if (types.All(t => t.Shape[axis] == first)) return first;
        foreach (string name in _names)
        {
            bool follows = true;
            for (int p = 0; p < types.Length && follows; p++) follows = types[p].Shape[axis] == _probes[p].Bindings[name];
            if (follows) return name;
        }
        return $"{value}.{axis}";
    }

    /// <summary>Two more probes, where two are to be had.</summary>
    private void Vary(Model model, Func<long, IReadOnlyDictionary<string, long>> bindings)
    {
        int found = 0;
        foreach (long v in Candidates)
        {
            IReadOnlyDictionary<string, long> b = bindings(v);
            if (_probes.Any(p => p.Bindings.All(x => b[x.Key] == x.Value))) continue;
            if (Try(model, b) is null && ++found == 2) return;
        }
    }

    private GraphException? Try(Model model, IReadOnlyDictionary<string, long> bindings)
    {
        try
        {
            _probes.Add((bindings, Specialize.Start(model, bindings)));
            return null;
        }
        catch (GraphException e)
        {
            return e;
        }
        catch (OverflowException e)
        {
            return new GraphException($"model '{model.Name}' has a tensor of more than 2⁶³ elements", e);
        }
    }
}
