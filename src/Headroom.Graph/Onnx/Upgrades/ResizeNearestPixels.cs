namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opsets 11 and 12 had <c>tf_half_pixel_for_nn</c>, half a pixel on from <c>half_pixel</c>: rounding down from there is rounding to the nearest here, halves upwards.</summary>
internal sealed class ResizeNearestPixels : Upgrade
{
    private const string Gone = "tf_half_pixel_for_nn";

    public override IReadOnlyList<string> Operators { get; } = ["Resize"];

    public override int Before => 13;

    public override void Apply(Lift node)
    {
        if (node.Text("coordinate_transformation_mode", "half_pixel") == Gone)
        {
            string nearest = node.Text("nearest_mode", "round_prefer_floor");
            if (node.Text("mode", "nearest") != "nearest" || nearest is not ("floor" or "round_prefer_floor")) throw new GraphException($"{Gone} with mode {node.Text("mode", "nearest")} and nearest_mode {nearest} has no form since opset 13; export with half_pixel");
            // floor(h + 1/2) and ceil(h + 1/2 - 1/2), of the half pixel h.
            node.With("coordinate_transformation_mode", "half_pixel").With("nearest_mode", nearest == "floor" ? "round_prefer_ceil" : "ceil");
        }
        node.KeepAsItIs();
    }
}
