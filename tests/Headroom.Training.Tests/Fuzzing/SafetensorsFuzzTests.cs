using Headroom.Graph.Tests.Fuzzing;

namespace Headroom.Training.Tests.Fuzzing;

/// <summary>Ten thousand broken files of weights, and indices of shards; <c>bench/Fuzz</c> goes on from there.</summary>
public sealed class SafetensorsFuzzTests : IDisposable
{
    private const int Files = 10_000, Indices = 2000;

    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Broken_files_give_tensors_or_an_error_for_the_user()
    {
        var one = new SafetensorsCase(_folder.Path);
        var mutator = new SafetensorsMutator();
        Hold(Files, seed => one.Weights(mutator.Make(seed)));
    }

    [Fact]
    public void Broken_indices_give_tensors_or_an_error_for_the_user()
    {
        var one = new SafetensorsCase(_folder.Path);
        one.Prepare();
        JsonMutator mutator = one.Indices();
        Hold(Indices, seed => one.Index(mutator.Make(seed)));
    }

    private static void Hold(int cases, Func<int, FuzzResult> run)
    {
        int read = 0, some = 0;
        var faults = new List<string>();
        for (int seed = 0; seed < cases && faults.Count < 10; seed++)
        {
            FuzzResult result = run(seed);
            if (result.Read) read++;
            if (result.Typed) some++;
            if (result.Fault is not null) faults.Add($"seed {seed}: {result.Fault}");
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        // A mutator that breaks everything at once would test the first lines of the reader only.
        Assert.InRange(read, cases / 20, cases * 9 / 10);
        Assert.InRange(some, cases / 40, cases * 9 / 10);
    }
}
