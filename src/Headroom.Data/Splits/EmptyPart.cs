using System.Globalization;
using Headroom.Evidence;

namespace Headroom.Data.Splits;

/// <summary>Says why no row is left for a part: repeats that were taken out of it, repeats that leave too few rows to divide, or a share that is too small.</summary>
/// <param name="Where">The data.</param>
/// <param name="Part">Its name among the settings.</param>
/// <param name="Share">The part's.</param>
/// <param name="Rows">Rows there were.</param>
/// <param name="Repeated">Rows whose inputs an earlier row had too.</param>
/// <param name="Dropped">Rows that fell to the part, and were taken out because their inputs stand in another.</param>
internal sealed record EmptyPart(string Where, string Part, double Share, int Rows, int Repeated, int Dropped)
{
    public InputException Fault()
    {
        var share = $"'{Part}' (share {Share.ToString(CultureInfo.InvariantCulture)})";
        const string Keep = "'deduplicate: false' with 'allow_duplicates: true' under 'data.split' keeps repeats, and makes the test easier than the truth.";
        if (Dropped > 0)
        {
            return new InputException(Where, $"all {Dropped} rows that fell to {share} repeat inputs of {(Part == "train" ? "the test or the validation" : "the test")}, so none is left for it", $"Give more rows of other inputs, or a split by something else. {Keep}");
        }
        return Repeated > 0
            ? new InputException(Where, $"of {Rows} rows {Repeated} repeat the inputs of an earlier one, and of the other {Rows - Repeated} none falls to {share}", $"Give more rows of other inputs, another seed, or a larger share. {Keep}")
            : new InputException(Where, $"of {Rows} rows none is left for {share}", "Give more rows, another seed, or a larger share.");
    }
}
