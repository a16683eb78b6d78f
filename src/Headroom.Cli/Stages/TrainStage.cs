using System.Text.Json.Nodes;
using Headroom.Cli.Configuration;
using Headroom.Cli.Terminal;
using Headroom.Data.Features;
using Headroom.Devices;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Evidence.Runs;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Generation;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;
using Headroom.Training;
using Headroom.Training.Adapters;
using Headroom.Training.Checkpoints;
using Headroom.Training.HuggingFace;

namespace Headroom.Cli.Stages;

/// <summary>Trains what was planned and exports it: writes training.json and model.onnx.</summary>
internal sealed class TrainStage
{
    /// <summary>Test rows on which trainer and exported file are compared.</summary>
    public const int ParityRows = 256;

    private readonly RunContext run;
    private readonly Prepared data;
    private TrainingSettings settings;
    private ModelRecipe recipe;

    private TrainStage(RunContext run, Prepared data)
    {
        (this.run, this.data) = (run, data);
        settings = run.Settings.Train.ToTraining(data.Train.Rows.Length, run.Settings.Lines.At("train.batch"));
        recipe = ModelRecipe.For(run.Settings, data);
        RequireAdapters();
    }

    private void RequireAdapters()
    {
        try
        {
            recipe.Trained();
        }
        catch (GraphException e)
        {
            throw new InputException($"{run.Settings.Lines.At("train.adapter")}: {e.Message}", e);
        }
    }

    /// <summary>Checks what can be checked before anything is written, and loads libtorch.</summary>
    /// <exception cref="InputException">A setting doesn't fit the data, or there is no libtorch.</exception>
    public static TrainStage Begin(RunContext run, Prepared data)
    {
        var stage = new TrainStage(run, data);
        Library.Load(run.Settings.Train.Threads);
        return stage;
    }

    /// <returns>The document; its outcome may be interrupted or failed, and then nothing was exported.</returns>
    /// <exception cref="InputException">Training failed, or the data has changed since the run began.</exception>
    public async Task<TrainingDocument> RunAsync(bool resume)
    {
        if (resume && run.Folder.Has<PlanDocument>()) run.RequireSameData(run.Folder.Read<PlanDocument>(), data.Fingerprint, "the run began", "Put the data back, or start a new run without --resume.");
        recipe.Save(run.Recipe);
        data.Preprocessing.Save(run.Preprocessing);
        (settings, recipe, string planHash) = await new PlanStage(run, data, recipe).RunAsync(resume);
        if (recipe.Preset == Preset.Onnx) ExportBefore();
        if (recipe.Preset == Preset.Pretrained) WriteSampleBefore();
        if (recipe.Diffusion is DiffusionRecipe untrained) new DrawingStage(run, untrained).DrawBefore();
        // What planning left behind goes back to the system before the run's memory is counted.
        ProcessMemory.ReleaseUnused();
        ProcessMemory.ResetPeak();
        long baseline = ProcessMemory.Resident;

        using var session = new Session();
        using RunLog log = RunLog.Open(run.Folder.Log);
        EnergyAccount energy = EnergyAccount.Begin();
        TrainingResult result = Train(session, log, planHash, baseline, resume);
        EnergyReading taken = energy.Read();
        foreach (string note in result.Notes) Lines.Note(note);
        TrainingDocument document = result.Document with { Inputs = new Dictionary<string, string>(result.Document.Inputs) { ["plan"] = planHash } };
        if (taken.Joules is Joules joules)
        {
            document = document with { Measurements = [.. document.Measurements, new("energy_joules", joules.Value, "joules", Method: taken.Method + (resume ? "; of the part after the resume" : ""))] };
            Lines.Note($"energy: {joules}, {taken.Method}");
        }
        if (result.Failure is TrainingFailure failure)
        {
            run.Folder.Write(document);
            throw new InputException("training", failure.ToString(), Origins(failure) + "The settings are train.learning_rate and train.clip_norm.");
        }
        if (result.Outcome.Kind == OutcomeKind.Interrupted)
        {
            run.Folder.Write(document);
            return document;
        }
        Export(session);
        document = document with { Model = FileReference.To(run.Folder.Path, run.Folder.Model) };
        run.Folder.Write(document);
        return document;
    }

    /// <summary>Where the first rows of the batch that failed came from.</summary>
    private string Origins(TrainingFailure failure)
    {
        if (data.Split is null || recipe.Packed || failure.Rows.IsEmpty) return "";
        string first = string.Join("; ", failure.Rows.Take(3).Select(r => $"row {r} is {data.Dataset.OriginOf(r)}"));
        return $"Rows are counted from 0 over all that was read: {first}.\n";
    }

    private TrainingResult Train(Session session, RunLog log, string planHash, long baseline, bool resume)
    {
        var training = new TrainingData(data.Train.Table, data.Train.Rows, data.Fingerprint);
        if (data.Validation.Rows.Length > 0) training = training with { Validation = data.Validation.Table, ValidationRows = data.Validation.Rows };
        Lines.Stage("Train");
        return ProgressView.Show(progress =>
        {
            var options = new TrainerOptions { CheckpointFolder = run.Folder.CheckpointFolder, Log = log, Progress = progress, MemoryBaseline = new Bytes(baseline), PlanHash = planHash, LossUnit = recipe.Diffusion is null ? null : "squared error", Timeline = run.Timeline };
            return new Trainer(recipe.BuildWithLoss(), settings, training, session, options).Run(resume, run.Cancellation);
        });
    }

    private void ExportBefore()
    {
        Model model = recipe.Build();
        using var session = new Session();
        using Runtime.Execution.Program forward = session.Compile(Specialize.Run(model, 1));
        session.Initialize(settings.Seed);
        OnnxWriter.Write(model, run.Before, s => session.State(s.Value.Name).ToData());
    }

    private void Export(Session session)
    {
        Model model = recipe.Build();
        if (data.Classes.Count > 0) model = model with { Metadata = model.Metadata.SetItem("classes", new JsonArray([.. data.Classes.Select(c => (JsonNode)c)]).ToJsonString()) };
        model = model with { Metadata = model.Metadata.SetItem("dataset", data.Fingerprint) };
        AdaptedModel trained = recipe.Trained();
        TensorData Value(string name) => session.State(name).ToData();
        OnnxWriter.Write(model, run.Folder.Model, s => LowRank.Merged(trained, s, Value));
        if (recipe.Adapter is LowRankOptions adapter) PeftAdapter.Save(run.Adapter, trained, adapter, Value, run.Settings.Model.File ?? run.Settings.Model.Folder ?? "");
        TensorData Merged(string name) => LowRank.Merged(trained, model.States.Single(s => s.Value.Name == name), Value);
        recipe.Pretrained?.Open().Save(run.HuggingFace, Merged);
        if (recipe.Llama is LlamaOptions llama) SaveLlama(llama, Merged);
        if (recipe.Diffusion is DiffusionRecipe diffusion)
        {
            new DrawingStage(run, diffusion).DrawTrained(session, s => Value(s.Value.Name));
            return;
        }
        // What the trainer itself computes, its adapters apart.
        SaveParity(trained.Model, session);
        if (recipe.Preset.IsLanguageModel()) WriteSample(trained.Model, session, run.Sample);
    }

    private void SaveParity(Model model, Session session)
    {
        // A language model's row is a whole window: a few of them hold thousands of positions.
        int rows = Math.Min(data.Preprocessing.LanguageModel is null ? ParityRows : 8, data.Test.Rows.Length);
        using Runtime.Execution.Program forward = session.Compile(Specialize.Run(model, rows));
        foreach (TypedInput input in forward.Graph.Inputs)
            data.Test.Table.CopyRows(data.Test.Rows.AsSpan(0, rows), data.Test.Table.IndexOf(input.Value.Name), forward.InputBytes(input.Value));
        forward.Run();
        var logits = TensorData.Of(ElementType.Float32, forward.Graph.Type(model.Outputs[0]).Shape, forward.Output<float>(model.Outputs[0]));
        SafetensorsWriter.Write(run.Parity, [SafetensorsEntry.Of("logits", logits)]);
    }

    private void SaveLlama(LlamaOptions options, Func<string, TensorData> value)
    {
        LlamaCheckpoint.Save(run.HuggingFace, options, options.Length, value);
        if (data.Preprocessing.LanguageModel!.Tokenizer is BytePairTokenizer tokenizer) TokenizerJson.Write(Path.Combine(run.HuggingFace, TokenizerJson.FileName), tokenizer);
        else Lines.Note("huggingface/ has no tokenizer.json: one of characters has no form there");
    }

    /// <summary>What a pretrained decoder writes before it is trained here.</summary>
    private void WriteSampleBefore()
    {
        using var session = new Session();
        Model model = recipe.Build();
        WriteSample(model, session, run.SampleBefore, initialize: true);
    }

    private void WriteSample(Model model, Session session, string path, bool initialize = false)
    {
        LanguageModelEncoding encoding = data.Preprocessing.LanguageModel!;
        using var sampler = new TokenSampler(session, model);
        if (initialize) session.Initialize(run.Settings.Train.Seed);
        int[] prompt = encoding.Tokenizer.Encode("\n");
        int[] written = [.. sampler.Generate(prompt, run.Settings.Evaluate.SampleTokens, new SamplingOptions { Temperature = 0.8, TopK = 40, Seed = run.Settings.Train.Seed }, run.Cancellation)];
        AtomicFile.WriteText(path, encoding.Tokenizer.Decode(written));
    }
}
