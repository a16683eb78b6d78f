namespace Headroom.Data.Series;

/// <summary>One thing's values, step after step, evenly spaced in time.</summary>
/// <param name="Name">Of the group; empty where the table holds one series alone.</param>
/// <param name="Values"><c>[steps, features]</c></param>
/// <param name="Rows">The table's row of each step, <c>[steps]</c>.</param>
public sealed record TimeSeries(string Name, double[] Values, int[] Rows)
{
    public int Steps => Rows.Length;

    public int Features => Values.Length / Steps;

    public double At(int step, int feature) => Values[(step * Features) + feature];
}
