using System.CommandLine;
using System.Diagnostics;
using Headroom.Cli.Stages;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;
using Headroom.Evidence.Runs;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Generation;
using Headroom.Runtime.LibTorch;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom generate</c>: writes on from a prompt with the language model of a run.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("run") { Description = "The run's folder under .headroom/runs." };
        var prompt = new Argument<string>("prompt") { Description = "The text to write on from." };
        var tokens = new Option<int>("--tokens") { Description = "How many tokens to write.", DefaultValueFactory = _ => 200 };
        var temperature = new Option<double>("--temperature") { Description = "Below 1 the likely becomes likelier; 0 always takes the likeliest token.", DefaultValueFactory = _ => 0.8 };
        var topK = new Option<int?>("--top-k") { Description = "Draws from this many of the likeliest tokens only." };
        var topP = new Option<double>("--top-p") { Description = "Draws from the likeliest tokens that have this probability together only.", DefaultValueFactory = _ => 1 };
        var seed = new Option<long>("--seed") { Description = "The same seed draws the same text.", DefaultValueFactory = _ => 0 };
        var threads = new Option<int?>("--threads") { Description = "Threads to compute with; by default as many as there are cores." };
        var command = new Command("generate", "Writes on from a prompt with the language model of a run, token by token.\n\nExample:  headroom generate .headroom/runs/2026-11-23T0910-shakespeare \"ROMEO:\" --tokens 300 --temperature 0.8 --top-k 40 --seed 1")
        {
            folder, prompt, tokens, temperature, topK, topP, seed, threads,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new SamplingOptions { Temperature = parsed.GetValue(temperature), TopK = parsed.GetValue(topK), TopP = parsed.GetValue(topP), Seed = unchecked((ulong)parsed.GetValue(seed)) };
            int count = BenchCommand.Positive(parsed.GetValue(tokens), "--tokens");
            Check(options);
            TrainedDecoder decoder = TrainedDecoder.Load(RunFolder.Open(parsed.GetValue(folder)!));
            int[] given = decoder.Encode(parsed.GetValue(prompt)!);
            Library.Load(parsed.GetValue(threads) is int t ? BenchCommand.Positive(t, "--threads") : null);
            Write(decoder, given, count, options, cancellation);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Check(SamplingOptions o)
    {
        if (!(o.Temperature >= 0 && double.IsFinite(o.Temperature))) throw new InputException("--temperature", $"{o.Temperature} is no temperature", "Give 0 or more.");
        if (o.TopK < 1) throw new InputException("--top-k", $"nothing can be drawn from {o.TopK} tokens", "Give 1 or more.");
        if (!(o.TopP > 0 && o.TopP <= 1)) throw new InputException("--top-p", $"{o.TopP} is no share of probability", "Give more than 0, up to 1.");
    }

    private static void Write(TrainedDecoder trained, int[] prompt, int count, SamplingOptions options, CancellationToken cancellation)
    {
        using var session = new Session();
        using var decoder = new CachedDecoder(session, trained.Model);
        session.Initialize(seed: 0);
        IEnumerable<int> written = decoder.Generate(prompt, count, options, cancellation);
        if (prompt.Length + count > decoder.Capacity) Console.Error.WriteLine($"The model's context holds {decoder.Capacity} tokens: each time it is full, its later half becomes the start of a new one.");
        Console.Out.Write(trained.Tokenizer.Decode(prompt));
        long start = Stopwatch.GetTimestamp();
        var held = new List<int>();
        foreach (int token in written)
        {
            held.Add(token);
            // A character may be made of several tokens: half of one is held back.
            string text = trained.Tokenizer.Decode([.. held]);
            if (text.EndsWith('\uFFFD') && held.Count < 4) continue;
            Console.Out.Write(text);
            Console.Out.Flush();
            held.Clear();
        }
        Console.Out.WriteLine(trained.Tokenizer.Decode([.. held]));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.Error.WriteLine($"{count} tokens, {count / seconds:F0} a second; keys and values take {new Bytes(decoder.CacheBytes)}.");
    }
}
