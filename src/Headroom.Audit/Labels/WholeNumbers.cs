namespace Headroom.Audit.Labels;

/// <summary>Rounds tables of counts so that sums stay what they were.</summary>
internal static class WholeNumbers
{
    /// <summary>Rounds each row; where it then sums to more or less than it did, the elements that were rounded furthest give way.</summary>
    /// <param name="table">Not negative.</param>
    public static int[,] KeepingRowSums(double[,] table)
    {
        var whole = new int[table.GetLength(0), table.GetLength(1)];
        for (int r = 0; r < whole.GetLength(0); r++)
        {
            double sum = 0;
            int rounded = 0, width = whole.GetLength(1);
            for (int c = 0; c < width; c++)
            {
                sum += table[r, c];
                rounded += whole[r, c] = (int)Math.Round(table[r, c], MidpointRounding.ToEven);
            }
            int row = r, missing = (int)Math.Round(sum, MidpointRounding.ToEven) - rounded;
            while (missing != 0)
            {
                int step = Math.Sign(missing);
                // Of those that were rounded alike, the last gives way upwards and the first downwards.
                IEnumerable<int> order = Enumerable.Range(0, width).OrderBy(c => table[row, c] - whole[row, c]).ToArray();
                foreach (int c in (step > 0 ? order.Reverse() : order).Take(Math.Min(Math.Abs(missing), width)).ToArray())
                {
                    whole[r, c] += step;
                    missing -= step;
                }
            }
        }
        return whole;
    }
}
