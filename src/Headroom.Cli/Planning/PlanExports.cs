using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Planning.Export;
using Headroom.Planning.Search;

namespace Headroom.Cli.Planning;

/// <summary>Writes a plan into a folder, a file an engine.</summary>
internal static class PlanExports
{
    /// <summary>The engines that there are settings for.</summary>
    public static IReadOnlyList<IPlanExport> All { get; } = [new HeadroomExport(), new DeepSpeedExport(), new TorchTitanExport(), new MegatronExport(), new KubernetesExport()];

    /// <exception cref="InputException">The folder can't be written.</exception>
    public static void Write(TrainingPlan plan, string model, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (IPlanExport export in All)
            {
                string path = Path.Join(folder, export.FileName);
                if (export.Obstacle(plan) is string obstacle)
                {
                    Lines.Note($"{export.Name,-12}not written: the plan {obstacle}");
                    continue;
                }
                string unfinished = path + ".tmp";
                File.WriteAllText(unfinished, export.Write(plan, model));
                File.Move(unfinished, path, overwrite: true);
                Lines.Note($"{export.Name,-12}{path}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(folder, $"it can't be written: {e.Message}", "Name another folder.");
        }
    }
}
