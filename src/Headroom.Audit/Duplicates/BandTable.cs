namespace Headroom.Audit.Duplicates;

/// <summary>The texts of one band by its key: an open table of the first text with each key, and chains of those that came later.</summary>
internal sealed class BandTable
{
    private readonly ulong[] _keys;
    private readonly int[] _first, _earlier;
    private readonly int _mask;

    /// <param name="keys">Of each text, in this band.</param>
    public BandTable(ulong[] keys)
    {
        _keys = keys;
        int size = 16;
        while (size < 2 * keys.Length) size *= 2;
        (_first, _earlier, _mask) = (new int[size], new int[keys.Length], size - 1);
    }

    /// <summary>Adds a text.</summary>
    /// <param name="text">Texts come in rising order, from 0.</param>
    /// <returns>The last text with the same key that came before, or -1; <see cref="Before"/> leads on.</returns>
    public int Add(int text)
    {
        ulong key = _keys[text];
        for (int slot = (int)key & _mask; ; slot = (slot + 1) & _mask)
        {
            int there = _first[slot] - 1;
            if (there >= 0 && _keys[there] != key) continue;
            // The slot holds the newest, so that a chain needs no walk to be added to.
            _first[slot] = text + 1;
            return _earlier[text] = there;
        }
    }

    /// <summary>The text with the same key that came before a text, or -1.</summary>
    /// <param name="text">The text.</param>
    public int Before(int text) => _earlier[text];
}
