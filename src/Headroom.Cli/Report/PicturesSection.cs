namespace Headroom.Cli.Report;

/// <summary>What a network draws, a column for each class.</summary>
internal static class PicturesSection
{
    public static Section? Of(RunEvidence run)
    {
        if (run.Pictures is not byte[] now) return null;
        string classes = string.Join(", ", run.Evaluation?.Document.Classes ?? []);
        Html legend = classes.Length == 0 ? default : Html.Of($"<p class=\"note\">Columns from the left: {classes}.</p>\n");
        Html before = run.PicturesBefore is byte[] b ? Html.Of($"<p>Before training, from the same noise:</p>\n{Image(b, "what it drew before training")}") : default;
        return new Section("pictures", "What it draws", Html.Of($"{Image(now, "pictures that it drew")}{legend}{before}"));
    }

    private static Html Image(byte[] png, string what) => Html.Of($"<img alt=\"{what}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\" style=\"max-width: 100%; image-rendering: pixelated\"/>\n");
}
