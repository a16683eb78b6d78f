using System.CommandLine;

namespace Headroom.Cli.Planning;

/// <summary>What may be said on the command line of a plan.</summary>
internal sealed class PlanOptions
{
    public Argument<string> Model { get; } = new("model") { Description = "A folder in Hugging Face's layout, its config.json, a published model's name such as llama-3.1-8b, or an ONNX file of a network for pictures." };

    public Option<string> Task { get; } = Text("--task", "train (from scratch), finetune, or infer.", "train");

    public Option<string?> Data { get; } = new("--data") { Description = "What is trained on: 15T tokens, or 50k rows of --sequence tokens. By default twenty tokens a parameter to train (arXiv:2203.15556), 10M to fine-tune." };

    public Option<string?> Batch { get; } = new("--batch") { Description = "Sequences of a step; of a served model, at once." };

    public Option<string?> Sequence { get; } = new("--sequence") { Description = "Tokens of a sequence; by default 4096, or what the model was made for." };

    public Option<string> On { get; } = Text("--on", "Accelerators to choose from, as h200,a100,tpu-v5e; auto takes every one with a price.", "auto");

    public Option<string> Gpus { get; } = Text("--gpus", "How many: ..64 for at most 64, 8 for 8 at most too.", "..8");

    public Option<string?> Budget { get; } = new("--budget") { Description = "What may be spent: '500 EUR, 3 days, 80 GB, 20 kWh', each part if you like." };

    public Option<string> Goal { get; } = Text("--goal", "What to have least of: time, money or energy (infer: seconds, dollars or joules a token).", "time");

    public Option<string?> Method { get; } = new("--method") { Description = "full, lora or qlora; by default full to train, lora to fine-tune." };

    public Option<int> Rank { get; } = new("--rank") { Description = "Rank of LoRA's matrices.", DefaultValueFactory = _ => 16 };

    public Option<string> Optimizer { get; } = Text("--optimizer", "adamw, adamw8bit, sgd, momentum, adafactor or muon.", "adamw");

    public Option<string> Precision { get; } = Text("--precision", "What products compute in: bf16, fp16, fp8 or fp32.", "bf16");

    public Option<int?> Tensor { get; } = new("--tensor") { Description = "Accelerators that share every matrix; by default all numbers are tried." };

    public Option<int?> Stages { get; } = new("--stages") { Description = "Stages of a pipeline; by default all numbers are tried." };

    public Option<bool> Offload { get; } = new("--offload") { Description = "Lets optimizer states lie in the host's memory." };

    public Option<string[]> Price { get; } = new("--price") { Description = "Your price of an hour, as h100=2.50 (in dollars) or h100=2.50EUR.", AllowMultipleArgumentsPerToken = true };

    public Option<string[]> Exchange { get; } = new("--exchange") { Description = "What a dollar buys, as EUR=0.87.", AllowMultipleArgumentsPerToken = true };

    public Option<double?> Spot { get; } = new("--spot") { Description = "Machines may be taken back, so many times an hour and node (0.05 is once in 20 hours): uses spot prices, and reckons with checkpoints." };

    public Option<double> Pue { get; } = new("--pue") { Description = "What the building draws for a watt of the machines.", DefaultValueFactory = _ => 1.2 };

    public Option<double?> Grid { get; } = new("--grid") { Description = "Grams of CO2 a kWh of your grid; carbon is told only where you give it." };

    public Option<string[]> DevicesFile { get; } = new("--devices-file") { Description = "A JSON file of accelerators or prices of your own." };

    public Option<bool> Explain { get; } = new("--explain") { Description = "The arithmetic of the first plan, line by line, with its sources." };

    public Option<bool> Json { get; } = new("--json") { Description = "Prints JSON." };

    public Option<string?> Html { get; } = new("--html") { Description = "Writes a page with plots to this file." };

    public Option<string?> Export { get; } = new("--export") { Description = "Writes the first plan as settings for other engines into this folder." };

    public Option<string[]> Dimension { get; } = new("--dimension") { Description = "ONNX: the value of a named dimension, such as height=224.", AllowMultipleArgumentsPerToken = true };

    public Option<string?> Input { get; } = new("--input") { Description = "infer: tokens of a prompt. By default 1000." };

    public Option<string?> Output { get; } = new("--output") { Description = "infer: tokens of an answer. By default 250." };

    public Option<string?> Prefix { get; } = new("--prefix") { Description = "infer: of the prompt, the tokens that all share and that are kept." };

    public Option<double?> Latency { get; } = new("--latency") { Description = "infer: milliseconds from token to token, or of an image, at most." };

    public Option<double?> FirstToken { get; } = new("--first-token") { Description = "infer: milliseconds to the first token at most." };

    public Option<string> Weights { get; } = Text("--weights", "infer: bits of a weight to try, as 16,8,4.", "16,8,4");

    public Option<int> Cache { get; } = new("--cache") { Description = "infer: bits of an element of the KV cache: 16, 8 or 4.", DefaultValueFactory = _ => 16 };

    public Option<string?> Stack { get; } = new("--stack") { Description = "infer: what serves, such as vllm or tensorrt-llm. By default vllm." };

    public Option<double?> Rate { get; } = new("--rate") { Description = "infer, ONNX: requests a second on average; weighs devices of your own (--own) against rented ones over a month." };

    public Option<double> Peak { get; } = new("--peak") { Description = "infer, ONNX: the busiest second's requests over the mean.", DefaultValueFactory = _ => 1 };

    public Option<string[]> Own { get; } = new("--own") { Description = "infer, ONNX: what a device of your own costs, as jetson-orin-nano=499 (in dollars) or =460EUR.", AllowMultipleArgumentsPerToken = true };

    public Option<double> Years { get; } = new("--years") { Description = "infer, ONNX: until an owned device is written off.", DefaultValueFactory = _ => 4 };

    public Option<double> Upkeep { get; } = new("--upkeep") { Description = "infer, ONNX: of an owned device's price, a year's upkeep.", DefaultValueFactory = _ => 0.1 };

    public Option<double> PowerPrice { get; } = new("--power-price") { Description = "infer, ONNX: dollars of a kWh where owned devices stand.", DefaultValueFactory = _ => 0.2 };

    public Option<double> RoundTrip { get; } = new("--round-trip") { Description = "infer, ONNX: milliseconds to the cloud and back.", DefaultValueFactory = _ => 50 };

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> All => [Task, Data, Batch, Sequence, On, Gpus, Budget, Goal, Method, Rank, Optimizer, Precision, Tensor, Stages, Offload, Price, Exchange, Spot, Pue, Grid, DevicesFile, Dimension, Input, Output, Prefix, Latency, FirstToken, Weights, Cache, Stack, Rate, Peak, Own, Years, Upkeep, PowerPrice, RoundTrip, Explain, Json, Html, Export];

    private static Option<string> Text(string name, string description, string usual) => new(name) { Description = $"{description} By default {usual}.", DefaultValueFactory = _ => usual };
}
