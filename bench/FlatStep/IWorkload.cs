namespace Headroom.Bench.FlatStep;

/// <summary>A model with its fixed batch.</summary>
internal interface IWorkload
{
    /// <summary>Forward, loss, backward, update. Returns the loss.</summary>
    double Step();
}
