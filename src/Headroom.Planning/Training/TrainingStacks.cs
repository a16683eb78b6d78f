namespace Headroom.Planning.Training;

/// <summary>The frameworks that training runs were fitted for, as the calibration names them.</summary>
public static class TrainingStacks
{
    /// <summary>Megatron's core with fused attention and kernels of the maker's: NeMo, Megatron Bridge, InternEvo.</summary>
    public const string MegatronCore = "megatron";

    /// <summary>Megatron and DeepSpeed of before fused attention: softmax written to memory.</summary>
    public const string MegatronUnfused = "megatron-unfused";

    /// <summary>PyTorch whose weights lie sharded (FSDP), with fused attention.</summary>
    public const string Fsdp = "fsdp";

    /// <summary>Compilers of whole steps: JAX on TPUs, Neuron.</summary>
    public const string Xla = "xla";
}
