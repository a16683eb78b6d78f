namespace Headroom.Planning.Serving;

/// <summary>How a decoder is laid out over accelerators and stored.</summary>
public readonly record struct ServingLayout
{
    /// <summary>One accelerator, weights and cache in 16 bits.</summary>
    public ServingLayout()
    {
    }

    /// <summary>Accelerators that share every product.</summary>
    public int Tensor { get; init; } = 1;

    /// <summary>Accelerators that hold different layers; a token passes one after the other.</summary>
    public int Pipeline { get; init; } = 1;

    /// <summary>Whether the stages of a pipeline work on different requests at once; else one works and the others wait, as where layers are merely spread for their memory.</summary>
    public bool PipelineOverlaps { get; init; }

    /// <summary>Tokens of the pieces that long prompts are worked through in; infinite where prompts pass whole. Pieces follow each other through the stages of a pipeline.</summary>
    public double PromptPiece { get; init; } = 8192;

    /// <summary>Bits a weight takes in memory, scales counted.</summary>
    public double WeightBits { get; init; } = 16;

    /// <summary>Bits of an element of the cache.</summary>
    public double KvBits { get; init; } = 16;

    /// <summary>What products compute in, a name of <see cref="Devices.Catalogue.Accelerator.PeakTypes"/>.</summary>
    public string Type { get; init; } = "fp16";

    /// <summary>Tokens of a page of the cache; 1 where it is not paged.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Whether the token table and the head lie whole on each of the accelerators that share products.</summary>
    public bool WholeTables { get; init; }

    /// <summary>Of a device's memory, the share that may be used.</summary>
    public double MemoryShare { get; init; } = 0.95;

    /// <summary>Bytes that driver, libraries and their workspaces take on each accelerator before anything is loaded.</summary>
    public double RuntimeBytes { get; init; } = 2.5e9;

    /// <summary>Accelerators in all.</summary>
    public int Devices => Tensor * Pipeline;
}
