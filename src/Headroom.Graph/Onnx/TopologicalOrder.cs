namespace Headroom.Graph.Onnx;

/// <summary>Puts nodes into an order in which every input is there before it is used; those that are in order already stay as they are.</summary>
internal static class TopologicalOrder
{
    /// <param name="nodes">In the file's order.</param>
    /// <param name="cyclic">Nodes that wait for one another, in a ring; empty where there is no ring.</param>
    public static List<FileNode> Of(List<FileNode> nodes, out List<FileNode> cyclic)
    {
        var producer = new Dictionary<Value, int>();
        for (int i = 0; i < nodes.Count; i++)
            foreach (Value o in nodes[i].Outputs)
                if (o.Exists) producer[o] = i;
        var waits = new int[nodes.Count];
        var readers = new List<int>?[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (Value v in nodes[i].Inputs)
            {
                if (!v.Exists || !producer.TryGetValue(v, out int p)) continue;
                waits[i]++;
                (readers[p] ??= []).Add(i);
            }
        }
        // The earliest node that is ready comes first, so an ordered file keeps its order.
        var ready = new PriorityQueue<int, int>();
        for (int i = 0; i < nodes.Count; i++) if (waits[i] == 0) ready.Enqueue(i, i);
        var order = new List<FileNode>(nodes.Count);
        while (ready.TryDequeue(out int i, out _))
        {
            order.Add(nodes[i]);
            foreach (int r in readers[i] ?? []) if (--waits[r] == 0) ready.Enqueue(r, r);
        }
        cyclic = order.Count == nodes.Count ? [] : Ring(nodes, waits, producer);
        return order;
    }

    /// <summary>Walks back from a waiting node through waiting ones until one comes up again.</summary>
    private static List<FileNode> Ring(List<FileNode> nodes, int[] waits, Dictionary<Value, int> producer)
    {
        int at = Array.FindIndex(waits, w => w > 0);
        var seen = new Dictionary<int, int>();
        var path = new List<FileNode>();
        while (seen.TryAdd(at, path.Count))
        {
            path.Add(nodes[at]);
            at = nodes[at].Inputs.Where(v => v.Exists && producer.TryGetValue(v, out int p) && waits[p] > 0).Select(v => producer[v]).First();
        }
        List<FileNode> ring = path[seen[at]..];
        ring.Reverse();
        return ring;
    }
}
