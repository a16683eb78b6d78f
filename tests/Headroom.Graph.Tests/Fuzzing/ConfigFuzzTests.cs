namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>Ten thousand broken <c>config.json</c>; <c>bench/Fuzz</c> goes on from there.</summary>
public sealed class ConfigFuzzTests
{
    private const int Cases = 10_000;

    [Fact]
    public void Broken_configs_give_facts_or_an_error_for_the_user()
    {
        JsonMutator mutator = ConfigCase.Mutator();
        int read = 0, sized = 0;
        var faults = new List<string>();
        for (int seed = 0; seed < Cases && faults.Count < 10; seed++)
        {
            FuzzResult result = ConfigCase.Run(mutator.Make(seed));
            if (result.Read) read++;
            if (result.Typed) sized++;
            if (result.Fault is not null) faults.Add($"seed {seed}: {result.Fault}");
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        // A mutator that breaks everything at once would test the first lines of the reader only.
        Assert.InRange(read, Cases / 10, Cases * 9 / 10);
        Assert.InRange(sized, Cases / 20, Cases * 9 / 10);
    }
}
