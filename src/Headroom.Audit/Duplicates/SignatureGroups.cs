namespace Headroom.Audit.Duplicates;

/// <summary>Texts whose signatures agree everywhere: one of them stands for all where bands are compared, so that a text that comes a thousand times isn't compared a million times in each band.</summary>
internal sealed class SignatureGroups
{
    private readonly int[] _next;

    /// <param name="keys">Of each band, the key of each text.</param>
    public SignatureGroups(ulong[][] keys)
    {
        int count = keys.Length == 0 ? 0 : keys[0].Length;
        var whole = new ulong[count];
        foreach (ulong[] band in keys)
            for (int i = 0; i < count; i++) whole[i] = WordHashes.Mixed(whole[i] ^ band[i]);
        var table = new BandTable(whole);
        _next = new int[count];
        Array.Fill(_next, -1);
        List<int> first = [];
        for (int i = 0; i < count; i++)
        {
            int before = table.Add(i);
            if (before < 0) first.Add(i);
            else _next[before] = i;
        }
        First = [.. first];
    }

    /// <summary>The first text of each group, in rising order.</summary>
    public int[] First { get; }

    /// <summary>The texts of a group, in rising order.</summary>
    /// <param name="first">Its first.</param>
    /// <param name="members">What they are written to.</param>
    public void Members(int first, List<int> members)
    {
        members.Clear();
        for (int i = first; i >= 0; i = _next[i]) members.Add(i);
    }

    /// <summary>Whether a group has more than one.</summary>
    /// <param name="first">Its first.</param>
    public bool IsShared(int first) => _next[first] >= 0;
}
