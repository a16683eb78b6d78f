using Headroom.Conformance.Tests.Onnx;

namespace Headroom.Conformance.Tests;

public sealed class AreaTests
{
    private const string Nothing = "(no folder)";

    public static TheoryData<string> Areas() => Report.Folder is null ? [Nothing] : [.. AreaSource.All(Report.Folder).Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Areas))]
    public void No_case_fails_that_is_not_known_to(string area)
    {
        if (Report.Folder is null) Assert.Skip("HEADROOM_CONFORMANCE names no folder: the cases of others were not run.");
        Outcome[] outcomes = [.. AreaSource.All(Report.Folder).Single(a => a.Name == area).Run(_ => true)];
        IReadOnlyDictionary<string, string> known = KnownFailures.All;
        Assert.Empty(outcomes.Where(o => o.Fate == Fate.Failed && !known.ContainsKey(o.Name)).Select(o => $"{o.Name}: {o.Reason}"));
        // A case that passes needs no excuse any more.
        Assert.Empty(outcomes.Where(o => o.Fate != Fate.Failed && known.ContainsKey(o.Name)).Select(o => o.Name));
        if (outcomes.All(o => o.Fate == Fate.Skipped)) Assert.Skip($"{area}: none of its {outcomes.Length} cases is about something that is built.");
    }
}
