using System.Collections.Immutable;
using Headroom.Evidence;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Onnx;

/// <summary>Makes a model of a file's contents, and refuses what can't be one.</summary>
internal sealed class OnnxModelReader(OnnxFile file, string name)
{
    private readonly HashSet<string> _defined = [];
    private readonly List<FileNode> _nodes = Named(file.Nodes);

    public Model Build()
    {
        if (file.Opset == 0) throw Fault("it imports no version of ONNX's operators.", "Export the model again.");
        if (file.Opset is < OnnxReader.OldestOpset or > OnnxReader.NewestOpset)
            throw Fault($"it is of opset {file.Opset}; {OnnxReader.OldestOpset} to {OnnxReader.NewestOpset} are read.", "Export or convert the model to one of these.");
        RefuseUnknown();
        List<GraphInput> inputs = Inputs();
        (List<State> states, var constants) = Initializers();
        foreach (FileNode n in _nodes) foreach (Value o in n.Outputs) if (o.Exists) Define(o.Name, n.ToString());
        List<FileNode> order = Ordered();
        if (file.Outputs.Count == 0) throw Fault("its graph has no outputs.", "Export the model again.");
        foreach (string o in file.Outputs)
            if (!_defined.Contains(o)) throw Fault($"its output '{o}' is made by no node.", "Export the model again.");
        if (file.Outputs.Distinct().Count() != file.Outputs.Count) throw Fault($"its output '{file.Outputs.GroupBy(o => o).First(g => g.Count() > 1).Key}' is listed twice.", "Export the model again.");

        var nodes = new List<Node>();
        foreach (FileNode n in order)
        {
            Operator op = ReadOperator(n);
            // A constant's value is there now; a node that only holds it is not needed.
            if (op is Constant c && n.Outputs.Length == 1 && n.Outputs[0].Exists) constants[n.Outputs[0]] = c.Value;
            else nodes.Add(new Node(n.Name, op, [.. n.Inputs], [.. n.Outputs]));
        }
        return WithStatistics(new Model(file.Name.Length == 0 ? "model" : file.Name)
        {
            Inputs = [.. inputs],
            States = [.. states],
            Constants = constants.ToImmutable(),
            Nodes = [.. nodes],
            Outputs = [.. file.Outputs.Select(o => new Value(o))],
            Metadata = file.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal),
        });
    }

    private InputException Fault(string what, string remedy) => new(name, what, remedy);

    private InputException At(FileNode node, string what, string remedy = "") => new(name + $": {node}: {what}" + (remedy.Length == 0 ? "" : "\n" + remedy));

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

    private void RefuseUnknown()
    {
        var unknown = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (FileNode n in _nodes)
        {
            if (OnnxOperators.Reader(n.Op, n.Domain, (int)file.Opset, out string why) is not null) continue;
            if (!unknown.TryGetValue(why, out List<string>? names)) unknown[why] = names = [];
            names.Add($"'{n.Name}'");
        }
        if (unknown.Count == 0) return;
        // A file may be made of thousands of them; a message that long helps nobody.
        const int Most = 100;
        IEnumerable<string> lines = unknown.Take(Most).Select(u => $"  {u.Key}: node{(u.Value.Count == 1 ? "" : "s")} {string.Join(", ", u.Value.Take(Most))}{(u.Value.Count > Most ? $" and {u.Value.Count - Most} more" : "")}");
        throw new InputException(name, $"{(unknown.Count == 1 ? "an operator" : $"{unknown.Count} operators")} that Headroom doesn't have:\n{string.Join('\n', lines)}", $"Export the model with others. Headroom has {string.Join(", ", OnnxOperators.Names)}.");
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
            if (i.Element == 0) throw Fault($"input '{i.Name}' is no tensor, or its type is missing.", "Export the model with tensors as inputs.");
            ElementType element = OnnxTypes.Element(i.Element) ?? throw Fault($"input '{i.Name}' is of type {OnnxTypes.Name(i.Element)}, which is not supported.", "Export the model with another input type.");
            if (i.Dimensions is not { } dims) throw Fault($"input '{i.Name}' has no shape.", "Export the model with its inputs' shapes; extents that vary may be named.");
            if (dims.Count > TensorReader.MaxRank) throw Fault($"input '{i.Name}' has {dims.Count} axes; up to {TensorReader.MaxRank} are read.", "Export the model again.");
            inputs.Add(new GraphInput(new Value(i.Name), element, [.. dims.Select((d, axis) => d.Name is null && d.Extent < 0 ? $"{i.Name}.{axis}" : d)]));
        }
        return inputs;
    }

    private (List<State>, ImmutableDictionary<Value, TensorData>.Builder) Initializers()
    {
        var states = new List<State>();
        var constants = ImmutableDictionary.CreateBuilder<Value, TensorData>();
        foreach (FileTensor t in file.Initializers)
        {
            Define(t.Name, "an initializer");
            var value = new Value(t.Name);
            (StateKind Kind, bool Trainable)? mark = StateMarks.Read(t.Doc);
            bool weight = t.Data.Type.Element.IsFloat() && (mark is not null || (t.Doc != StateMarks.Constant && t.Data.Type.Rank > 0));
            (StateKind kind, bool trainable) = mark ?? (StateKind.Weight, true);
            if (weight) states.Add(new State(value, t.Data.Type, kind, new Initializer.Given(t.Data)) { Trainable = trainable });
            else constants[value] = t.Data;
        }
        return (states, constants);
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

    private Operator ReadOperator(FileNode n)
    {
        var attributes = new OnnxAttributes((int)file.Opset) { InputCount = n.Inputs.Length, OutputCount = n.Outputs.Length };
        foreach ((string key, object value) in n.Attributes)
        {
            if (value is OnnxFile.Unsupported u) throw At(n, $"attribute '{key}' is {u.What}, which is not supported.");
            if (attributes.Values.ContainsKey(key)) throw At(n, $"attribute '{key}' is there twice.");
            attributes.SetValue(key, value);
        }
        Operator op;
        try
        {
            op = OnnxOperators.Reader(n.Op, n.Domain, (int)file.Opset, out _)!(attributes);
        }
        catch (Exception e) when (e is GraphException or ArgumentException or OverflowException)
        {
            throw At(n, e.Message);
        }
        // Dropout's seed plays no part in inference, and saturate concerns 8-bit floats only.
        string? unread = attributes.Unread.FirstOrDefault(a => a is not ("seed" or "saturate"));
        return unread is null ? op : throw At(n, $"attribute '{unread}' is not supported here; without it the result would be another.");
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
