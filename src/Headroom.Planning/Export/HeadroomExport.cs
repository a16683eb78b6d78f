using System.Globalization;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Planning.Export;

/// <summary>A <c>headroom.yaml</c> that trains by the plan here: one accelerator, a pretrained folder or a Llama of the model's sizes.</summary>
public sealed class HeadroomExport : IPlanExport
{
    public string Name => "headroom";

    public string FileName => "headroom.yaml";

    public string? Obstacle(TrainingPlan plan)
    {
        if (plan.Count > 1) return $"takes {plan.Count} accelerators, and Headroom trains on one";
        if (plan.Request.Job.Type == "fp8") return "computes in fp8, and Headroom in bf16 or fp32";
        return plan.Layout.Offload ? "keeps the optimizer in the host's memory, which Headroom doesn't" : null;
    }

    public string Write(TrainingPlan plan, string model)
    {
        TrainingJob job = plan.Request.Job;
        string F(double v) => v.ToString("0", CultureInfo.InvariantCulture);
        string adapter = job.AdapterParameters is null ? "" : $$"""

              adapter: { rank: {{F(Rank(job))}}, alpha: {{F(2 * Rank(job))}}, base: {{(job.WeightBytes < 1 ? "nf4" : "bf16")}} }
            """;
        return $$"""
            # {{model}}, by 'headroom plan'. Put your text and the model's folder in, then: headroom run .
            name: planned
            data:
              train: { reader: text, path: YOUR_TEXT.txt, unit: document }
              text: { length: {{job.Sequence}} }
            model: { preset: pretrained, folder: YOUR_MODEL_FOLDER }
            train:
              batch: {{plan.Request.Batch}}
              max_steps: {{plan.Steps}}
              compute: {{(job.Type == "fp32" ? "fp32" : "mixed")}}
              micro_batches: {{plan.Layout.Accumulation}}
              budget: { memory: {{F(plan.Memory.Total / (1 << 20))}}MiB }{{adapter}}

            """;
    }

    /// <summary>Back from the number of weights: they are in proportion.</summary>
    private static double Rank(TrainingJob job) => Math.Max(1, Math.Round(job.AdapterParameters!.Value / Models.AdapterSize.Of(job.Shape, 1)));
}
