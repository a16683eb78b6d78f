using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Headroom.Data.Columns;
using Headroom.Evidence;

namespace Headroom.Data.Splits;

/// <summary>Divides rows into training, validation and test. Unless asked to, no input that stands in one part stands in another.</summary>
/// <remarks>Where a repeated input would cross (by group, by time, with a given test file), the test keeps its row, then validation; training loses it.</remarks>
public static class Splitter
{
    private const byte Training = 0, Validating = 1, Testing = 2, Out = 3;

    /// <summary>Divides the rows of a dataset.</summary>
    /// <exception cref="InputException">The shares do not add up, the group or time column is missing, or a part with a share stays empty.</exception>
    public static Split Divide(Dataset data, SplitOptions options)
    {
        options.Check(testGiven: false);
        var inputs = data.InputHashes();
        var parts = new byte[data.Rows];
        var (repeated, removed) = Repeats(inputs, parts, options);
        switch (options.By)
        {
            case SplitBy.Time:
                ByTime(data, parts, options);
                break;
            case SplitBy.Group:
                Assign(parts, Groups(data, inputs), options.Seed, options.Train, options.Validation);
                break;
            default:
                Assign(parts, options.AllowDuplicates ? Numbered(inputs) : inputs, options.Seed, options.Train, options.Validation);
                break;
        }
        return Finish(data, inputs, parts, options, string.Create(CultureInfo.InvariantCulture, $"{options.By.ToString().ToLowerInvariant()}, seed {options.Seed}"), repeated, removed, options.Test);
    }

    /// <summary>Keeps the rows from <paramref name="firstTestRow"/> on as the test, and divides those before it into training and validation.</summary>
    /// <remarks>The shares are <see cref="SplitOptions.Train"/> and <see cref="SplitOptions.Validation"/>, relative to their sum.</remarks>
    /// <exception cref="InputException">As for <see cref="Divide"/>.</exception>
    public static Split WithTest(Dataset data, int firstTestRow, SplitOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstTestRow, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(firstTestRow, data.Rows);
        options.Check(testGiven: true);
        var inputs = data.InputHashes();
        var parts = new byte[data.Rows];
        var (repeated, removed) = Repeats(inputs, parts, options, firstTestRow);
        var share = options.Train / (options.Train + options.Validation);
        var keys = options.By == SplitBy.Group ? Groups(data, inputs) : options.AllowDuplicates ? Numbered(inputs) : inputs;
        var head = parts.AsSpan(0, firstTestRow);
        if (options.By == SplitBy.Time)
        {
            ByTime(data, head, options with { Train = share, Validation = 1 - share, Test = 0 });
        }
        else
        {
            Assign(head, keys, options.Seed, share, 1 - share);
        }
        foreach (ref var part in parts.AsSpan(firstTestRow))
        {
            part = part == Out ? Out : Testing;
        }
        return Finish(data, inputs, parts, options, string.Create(CultureInfo.InvariantCulture, $"given test, {options.By.ToString().ToLowerInvariant()} validation, seed {options.Seed}"), repeated, removed, 1);
    }

    // Within the test and within the rest, so that a given test is not emptied by what training has of it.
    private static (int Repeated, int Removed) Repeats(UInt128[] inputs, byte[] parts, SplitOptions options, int firstTestRow = int.MaxValue)
    {
        var (all, near, removed) = (new HashSet<UInt128>(), new HashSet<UInt128>(), 0);
        for (var row = 0; row < inputs.Length; row++)
        {
            if (row == firstTestRow)
            {
                near.Clear();
            }
            all.Add(inputs[row]);
            if (!near.Add(inputs[row]) && options.Deduplicate)
            {
                parts[row] = Out;
                removed++;
            }
        }
        return (inputs.Length - all.Count, removed);
    }

    private static void Assign(Span<byte> parts, UInt128[] keys, ulong seed, double train, double validation)
    {
        for (var row = 0; row < parts.Length; row++)
        {
            if (parts[row] != Out)
            {
                var place = Place(keys[row], seed);
                // 1 - test is not exactly train + validation in floating point; the last part takes what is left.
                parts[row] = place < train ? Training : place < train + validation - 1e-12 || train + validation >= 1 - 1e-9 ? Validating : Testing;
            }
        }
    }

    // Uniform in [0, 1), from 53 bits of SHA-256 over seed and key.
    private static double Place(UInt128 key, ulong seed)
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[8..], key);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    private static UInt128[] Numbered(UInt128[] inputs)
    {
        var seen = new Dictionary<UInt128, ulong>();
        return [.. inputs.Select(input => input + (seen[input] = seen.GetValueOrDefault(input) + 1))];
    }

    // A row without a group is a group of its own.
    private static UInt128[] Groups(Dataset data, UInt128[] inputs)
    {
        var spec = RoleColumn(data, ColumnRole.Group, "group");
        var column = data[spec.Name];
        using var hash = new HashWriter();
        var keys = new UInt128[data.Rows];
        for (var row = 0; row < keys.Length; row++)
        {
            column.AddTo(hash, row);
            var key = BinaryPrimitives.ReadUInt128LittleEndian(hash.Finish());
            keys[row] = column.Show(row) is null ? inputs[row] : key;
        }
        return keys;
    }

    private static void ByTime(Dataset data, Span<byte> parts, SplitOptions options)
    {
        var times = Times(data, parts.Length);
        var rows = Enumerable.Range(0, parts.Length).ToArray();
        rows = [.. rows.OrderBy(r => times[r])];
        var kept = new List<int>();
        foreach (var row in rows)
        {
            if (parts[row] != Out)
            {
                kept.Add(row);
            }
        }
        var validation = Cut(kept, times, options.Train);
        var test = options.Test == 0 ? kept.Count : Math.Max(validation, Cut(kept, times, options.Train + options.Validation));
        for (var i = 0; i < kept.Count; i++)
        {
            parts[kept[i]] = i < validation ? Training : i < test ? Validating : Testing;
        }
    }

    // One moment is never divided: the cut moves on to the next one.
    private static int Cut(List<int> rows, double[] times, double share)
    {
        var cut = (int)Math.Round(share * rows.Count, MidpointRounding.AwayFromZero);
        while (cut > 0 && cut < rows.Count && times[rows[cut]] == times[rows[cut - 1]])
        {
            cut++;
        }
        return cut;
    }

    private static double[] Times(Dataset data, int rows)
    {
        var spec = RoleColumn(data, ColumnRole.Time, "time");
        var times = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            times[row] = data[spec.Name] switch
            {
                NumberColumn numbers => numbers.Values[row],
                IntegerColumn whole => whole.Values[row] == IntegerColumn.Missing ? double.NaN : whole.Values[row],
                _ => throw new InputException(data.Name, $"the time column '{spec.Name}' holds {spec.Kind}", "Give it the kind time or number under 'kinds'."),
            };
            if (double.IsNaN(times[row]))
            {
                throw new InputException(data.OriginOf(row).ToString(), $"the time column '{spec.Name}' has no value", "Fill it in, or remove the row.");
            }
        }
        return times;
    }

    private static ColumnSpec RoleColumn(Dataset data, ColumnRole role, string setting) => data.Schema.Columns.FirstOrDefault(c => c.Role == role)
        ?? throw new InputException(data.Name, $"the split is by {setting}, but no column is the {setting}", $"Name it under '{setting}'; the columns are {NameList.Of([.. data.Schema.Columns.Select(c => c.Name)])}.");

    private static Split Finish(Dataset data, UInt128[] inputs, byte[] parts, SplitOptions options, string method, int repeated, int removed, double testShare)
    {
        var (fromTrain, fromValidation) = options.AllowDuplicates ? (0, 0) : Separate(inputs, parts);
        int[] Part(byte part) => [.. Enumerable.Range(0, parts.Length).Where(r => parts[r] == part)];
        var (train, validation, test) = (Part(Training), Part(Validating), Part(Testing));
        foreach (var (name, rows, share, dropped) in new[] { ("train", train, options.Train, fromTrain), ("validation", validation, options.Validation, fromValidation), ("test", test, testShare, 0) })
        {
            if (rows.Length == 0 && share > 0)
            {
                throw new EmptyPart(data.Name, name, share, data.Rows, repeated, dropped).Fault();
            }
        }
        return new Split(train, validation, test, new SplitReport(method, data.Rows, train.Length, validation.Length, test.Length, repeated, removed, fromTrain, fromValidation));
    }

    private static (int FromTrain, int FromValidation) Separate(UInt128[] inputs, byte[] parts)
    {
        var above = new HashSet<UInt128>();
        var dropped = new int[3];
        for (var part = Testing; ; part--)
        {
            var own = new List<UInt128>();
            for (var row = 0; row < parts.Length; row++)
            {
                if (parts[row] == part)
                {
                    if (above.Contains(inputs[row]))
                    {
                        parts[row] = Out;
                        dropped[part]++;
                    }
                    else
                    {
                        own.Add(inputs[row]);
                    }
                }
            }
            above.UnionWith(own);
            if (part == Training)
            {
                return (dropped[Training], dropped[Validating]);
            }
        }
    }
}
