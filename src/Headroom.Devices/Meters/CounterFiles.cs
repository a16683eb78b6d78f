using System.Globalization;

namespace Headroom.Devices.Meters;

/// <summary>Counters of microjoules in files, some of which begin again at 0 when they are full.</summary>
internal sealed class CounterFiles
{
    private readonly (string Path, double? Range)[] _files;
    private readonly double[] _last;
    private double _sum;

    /// <param name="files">Each counter, and the microjoules at which it begins again; null where it never does.</param>
    /// <exception cref="IOException">One can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Only an administrator may read it.</exception>
    public CounterFiles(IEnumerable<(string Path, double? Range)> files)
    {
        _files = [.. files];
        _last = [.. _files.Select(f => Number(f.Path))];
    }

    /// <summary>Joules since this was made.</summary>
    public double Joules()
    {
        for (int i = 0; i < _files.Length; i++)
        {
            double now = Number(_files[i].Path), taken = now - _last[i];
            // It began again: once, as far as can be told; a package takes minutes to fill its counter.
            if (taken < 0) taken = _files[i].Range is double range ? taken + range : 0;
            _sum += Math.Max(0, taken);
            _last[i] = now;
        }
        return _sum / 1e6;
    }

    /// <exception cref="IOException">The file holds no number.</exception>
    public static double Number(string path)
    {
        string text = File.ReadAllText(path).Trim();
        return double.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out double value) && value >= 0 ? value : throw new IOException($"{path} holds no count of microjoules");
    }
}
