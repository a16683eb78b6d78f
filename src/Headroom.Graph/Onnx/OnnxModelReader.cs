using System.Collections.Immutable;
using Headroom.Evidence;
using Headroom.Graph.Onnx.Upgrades;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Onnx;

/// <summary>Makes a model of a file's contents, and refuses what can't be one: first by its outline, so that weights are loaded when all else is known to be good.</summary>
internal sealed class OnnxModelReader(OnnxFile file, OnnxSource source)
{
    private readonly HashSet<string> _defined = [];
    private readonly List<FileNode> _nodes = Named(file.Nodes);

    public Model Build()
    {
        CheckVersions();
        if (OnnxRefusals.Of(_nodes, (int)file.Opset) is { } refusal) throw new InputException(source.Name, refusal.What, refusal.Remedy);
        if (file.HasSparseInitializers) throw Fault("it has a sparse initializer, which is not supported.", "Export the model with dense weights.");
        List<GraphInput> inputs = Inputs();
        foreach (FileTensor t in file.Initializers)
        {
            Define(t.Name, "an initializer");
            if (t.Unsupported is not null) throw Fault($"initializer '{t.Name}' {t.Unsupported}, which is not supported.", $"Export the model with another type; supported are {OnnxTypes.Supported}.");
        }
        foreach (FileNode n in _nodes) foreach (Value o in n.Outputs) if (o.Exists) Define(o.Name, n.ToString());
        List<FileNode> order = Ordered();
        CheckOutputs();
        (List<Node> nodes, ImmutableDictionary<Value, TensorData>.Builder constants) = Nodes(order, inputs);
        List<State> states = Initializers(nodes, constants);
        return WithStatistics(new Model(file.Name.Length == 0 ? "model" : file.Name)
        {
            Source = source.Name,
            Inputs = [.. inputs],
            States = [.. states],
            Constants = constants.ToImmutable(),
            Nodes = [.. nodes],
            Outputs = [.. file.Outputs.Select(o => new Value(o))],
            Metadata = file.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal),
        });
    }

    private InputException Fault(string what, string remedy) => new(source.Name, what, remedy);

    private InputException At(object node, string what, string remedy = "") => new(source.Name + $": {node}: {what}" + (remedy.Length == 0 ? "" : "\n" + remedy));

    private void CheckVersions()
    {
        if (file.IrVersion is not (0 or >= OnnxReader.OldestIrVersion and <= OnnxReader.NewestIrVersion))
            throw Fault($"it is of ONNX's IR version {file.IrVersion}; {OnnxReader.OldestIrVersion} to {OnnxReader.NewestIrVersion} are read.", "Export the model again with another version of ONNX.");
        if (file.Opset == 0) throw Fault("it imports no version of ONNX's operators.", "Export the model again.");
        if (file.Opset is > 0 and < OnnxReader.OldestOpset)
            throw Fault($"it is of opset {file.Opset}, whose operators mean other things than those of today; {OnnxReader.OldestOpset} to {OnnxReader.NewestOpset} are read.",
                $"Export the model again, or lift it to opset {OnnxReader.OldestOpset} or later with ONNX's version converter (onnx.version_converter.convert_version).");
        if (file.Opset is < 0 or > OnnxReader.NewestOpset)
            throw Fault($"it is of opset {file.Opset}; {OnnxReader.OldestOpset} to {OnnxReader.NewestOpset} are read.", "Export or convert the model to one of these.");
    }

    /// <summary>Every node has a name of its own in messages, whether or not the file gives it one.</summary>
    private static List<FileNode> Named(List<FileNode> nodes)
    {
        var taken = new HashSet<string>();
        return [.. nodes.Select((n, i) =>
        {
            string wanted = n.Name.Length > 0 ? n.Name : $"{n.Op}_{i}", free = wanted;
            for (int k = 1; !taken.Add(free); k++) free = $"{wanted}_{i}_{k}";
            return n with { Name = free };
        })];
    }

    private void Define(string value, string what)
    {
        if (value.Length == 0) throw Fault($"{what} has no name.", "Export the model again.");
        if (!_defined.Add(value)) throw Fault($"two values are called '{value}'; the second is {what}.", "Export the model again.");
    }

    private List<GraphInput> Inputs()
    {
        // Before IR version 4 every initializer was listed as an input too; an input that has a value needs no feeding.
        HashSet<string> given = [.. file.Initializers.Select(t => t.Name)];
        var inputs = new List<GraphInput>();
        foreach (FileInput i in file.Inputs)
        {
            if (given.Contains(i.Name)) continue;
            Define(i.Name, "an input");
            if (i.Kind is not null) throw Fault($"input '{i.Name}' is {i.Kind}, which is not supported.", "Export the model with tensors as inputs.");
            if (i.Element == 0) throw Fault($"input '{i.Name}' is no tensor, or its type is missing.", "Export the model with tensors as inputs.");
            ElementType element = OnnxTypes.Element(i.Element)
                ?? throw Fault($"input '{i.Name}' is of type {OnnxTypes.Name(i.Element)}, which is not supported.", $"Export the model with another input type; supported are {OnnxTypes.Supported}.");
            if (i.Dimensions is not { } dims) throw Fault($"input '{i.Name}' has no shape.", "Export the model with its inputs' shapes; extents that vary may be named.");
            if (dims.Count > TensorReader.MaxRank) throw Fault($"input '{i.Name}' has more than {TensorReader.MaxRank} axes.", "Export the model again.");
            inputs.Add(new GraphInput(new Value(i.Name), element, [.. dims.Select((d, axis) => d.Name is null && d.Extent < 0 ? $"{i.Name}.{axis}" : d)]));
            file.Budget.Charge(dims.Count * (100L + (2 * i.Name.Length)));
        }
        return inputs;
    }

    private List<FileNode> Ordered()
    {
        foreach (FileNode n in _nodes)
            foreach (Value v in n.Inputs)
                if (v.Exists && !_defined.Contains(v.Name)) throw At(n, $"reads '{v}', which nothing makes.", "Export the model again.");
        List<FileNode> order = TopologicalOrder.Of(_nodes, out List<FileNode> ring);
        if (ring.Count > 0)
        {
            string names = string.Join(" → ", ring.Take(10).Select(n => $"'{n.Name}'")) + (ring.Count > 10 ? " → ..." : $" → '{ring[0].Name}'");
            throw At(ring[0], $"waits for its own result: {names}.", "A graph without a beginning can't run; export the model again.");
        }
        return order;
    }

    private void CheckOutputs()
    {
        if (file.Outputs.Count == 0) throw Fault("its graph has no outputs.", "Export the model again.");
        var seen = new HashSet<string>();
        foreach (string o in file.Outputs)
        {
            if (!_defined.Contains(o)) throw Fault($"its output '{o}' is made by no node.", "Export the model again.");
            if (!seen.Add(o)) throw Fault($"its output '{o}' is listed twice.", "Export the model again.");
        }
    }

    /// <summary>Lifts every node to the form that operators read, and reads it.</summary>
    private (List<Node>, ImmutableDictionary<Value, TensorData>.Builder) Nodes(List<FileNode> order, List<GraphInput> inputs)
    {
        var graph = new LiftedGraph(file, _defined);
        foreach (FileNode n in order) graph.DeclareNode(n.Name);
        foreach (GraphInput i in inputs) graph.Declare(i.Value, i.Element);
        foreach (FileTensor t in file.Initializers) graph.Declare(new Value(t.Name), t.Type.Element);
        var nodes = new List<Node>();
        var elements = new ElementType[16];
        foreach (FileNode n in order)
        {
            var rest = new Stack<LiftedNode>([new LiftedNode(n.Name, n.Op, n.Domain, n.Inputs, n.Outputs, Attributes(n), (int)file.Opset)]);
            while (rest.TryPop(out LiftedNode? node))
            {
                if (node.Domain is "" or "ai.onnx" && UpgradeRules.Next(node.Op, node.Form) is { } rule)
                {
                    var lift = new Lift(node, rule, graph);
                    Guard(n, () => rule.Apply(lift));
                    foreach (LiftedNode made in lift.Nodes.Reverse()) rest.Push(made);
                    continue;
                }
                Operator op = ReadOperator(n, node);
                // A constant's value is there now; a node that only holds it is not needed.
                if (op is Constant c && node.Outputs.Length == 1 && node.Outputs[0].Exists)
                {
                    graph.Constants[node.Outputs[0]] = c.Value;
                    graph.Declare(node.Outputs[0], c.Value.Type.Element);
                    continue;
                }
                nodes.Add(new Node(node.Name, op, Trimmed(node.Inputs), [.. node.Outputs]));
                Declare(graph, op, node, ref elements);
            }
        }
        return (nodes, graph.Constants);
    }

    // Absent inputs at the end say nothing: a file may list them or not.
    private static ImmutableArray<Value> Trimmed(Value[] inputs)
    {
        int n = inputs.Length;
        while (n > 0 && !inputs[n - 1].Exists) n--;
        return [.. inputs[..n]];
    }

    // An operator may look at any of its first inputs, there or not; fp32 stands for those that are not.
    private static void Declare(LiftedGraph graph, Operator op, LiftedNode node, ref ElementType[] elements)
    {
        if (elements.Length < node.Inputs.Length) elements = new ElementType[2 * node.Inputs.Length];
        elements.AsSpan().Clear();
        for (int i = 0; i < node.Inputs.Length; i++) if (node.Inputs[i].Exists) elements[i] = graph.Element(node.Inputs[i]);
        for (int i = 0; i < node.Outputs.Length; i++) if (node.Outputs[i].Exists) graph.Declare(node.Outputs[i], op.OutputElement(i, elements));
    }

    private OnnxAttributes Attributes(FileNode n)
    {
        var attributes = new OnnxAttributes((int)file.Opset);
        foreach ((string key, object value) in n.Attributes)
        {
            if (value is UnsupportedAttribute u) throw At(n, $"attribute '{key}' is {u.What}, which is not supported.");
            if (attributes.Values.ContainsKey(key)) throw At(n, $"attribute '{key}' is there twice.");
            attributes.SetValue(key, value is FileTensor t ? Loaded(n, key, t) : value);
        }
        return attributes;
    }

    private TensorData Loaded(FileNode n, string key, FileTensor t)
    {
        file.Budget.Charge(t.Type.Bytes + 100);
        return t.External is null ? TensorReader.Load(t, file.Bytes.Span) : source.ReadExternal($"{key} of {n}", t.External, t.Type);
    }

    private Operator ReadOperator(FileNode origin, LiftedNode node)
    {
        int form = Math.Clamp(node.Form, UpgradeRules.Floor, OnnxReader.NewestOpset);
        OnnxAttributes attributes = node.Attributes.Of(form, node.Inputs.Length, node.Outputs.Length);
        Func<OnnxAttributes, Operator> reader = OnnxOperators.Reader(node.Op, node.Domain, form, out _) ?? throw At(origin, $"stands for {node.Op}, which Headroom doesn't have.");
        Operator op = null!;
        Guard(origin, () => op = reader(attributes));
        // Dropout's seed plays no part in inference; saturate and round_mode concern 8-bit floats only.
        string? unread = attributes.Unread.FirstOrDefault(a => a is not ("seed" or "saturate" or "round_mode"));
        return unread is null ? op : throw At(origin, $"attribute '{unread}' is not supported here; without it the result would be another.");
    }

    private void Guard(FileNode node, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is GraphException or ArgumentException or OverflowException)
        {
            throw At(node, e.Message);
        }
    }

    /// <summary>Weights become states; what a shape follows from, and what isn't floating, are constants.</summary>
    private List<State> Initializers(List<Node> nodes, ImmutableDictionary<Value, TensorData>.Builder constants)
    {
        // All are known to be there before the first is loaded.
        foreach (FileTensor t in file.Initializers) if (t.External is not null) source.Check(t.Name, t.External, t.Type);
        HashSet<Value> shapes = ShapeBearing.Values(nodes);
        var states = new List<State>();
        foreach (FileTensor t in file.Initializers)
        {
            var value = new Value(t.Name);
            TensorData data = t.External is null ? TensorReader.Load(t, file.Bytes.Span) : source.ReadExternal(t.Name, t.External, t.Type);
            (StateKind Kind, bool Trainable)? mark = StateMarks.Read(t.Doc);
            bool weight = t.Type.Element.IsFloat() && !shapes.Contains(value) && (mark is not null || (t.Doc != StateMarks.Constant && t.Type.Rank > 0));
            (StateKind kind, bool trainable) = mark ?? (StateKind.Weight, true);
            if (weight) states.Add(new State(value, t.Type, kind, new Initializer.Given(data)) { Trainable = trainable });
            else constants[value] = data;
        }
        return states;
    }

    /// <summary>What a training step would keep up by itself is a statistic, not a weight: the operators are asked.</summary>
    private static Model WithStatistics(Model model)
    {
        Model training;
        try
        {
            training = TrainingForm.Run(model);
        }
        catch (Exception e) when (e is GraphException or IndexOutOfRangeException or ArgumentException)
        {
            // A node with too few inputs: it is named when the model gets its types.
            return model;
        }
        HashSet<Value> kept = [.. training.States.Where(s => s.Updated.Exists).Select(s => s.Value)];
        return kept.Count == 0 ? model : model with { States = [.. model.States.Select(s => kept.Contains(s.Value) ? s with { Kind = StateKind.Statistic, Trainable = false } : s)] };
    }
}
