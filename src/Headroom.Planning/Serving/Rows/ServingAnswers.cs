namespace Headroom.Planning.Serving.Rows;

/// <summary>Answers a row's question with an estimator's figures.</summary>
public static class ServingAnswers
{
    // Sequences that servers take at once unless told otherwise (TensorRT-LLM's default).
    private const double MostSequences = 2048;

    // Prompts fill more of a rate than a floor says; below this share of the floor, a rate is of decoding.
    private const double FloorMargin = 1.05;

    /// <summary>Tokens a second, as the row counts them.</summary>
    /// <param name="question">The row.</param>
    /// <param name="estimator">Of its model, device, stack and layout.</param>
    /// <returns>Tokens a second.</returns>
    public static double TokensPerSecond(ServingQuestion question, ServingEstimator estimator) => question.Replicas * question.Mode switch
    {
        ServingMode.Decode when question.PhaseUnknown && question.TokensPerSecond > FloorMargin * estimator.DecodeCeiling(question.Load) => Prompt(question.Load with { Input = question.Load.Output }, estimator),
        ServingMode.Decode => question.Load.Batch / estimator.Decode(question.Load.Batch, question.Load.Input + (question.Load.Output / 2)).Seconds,
        ServingMode.Prefill => Prompt(question.Load, estimator),
        ServingMode.Batch => estimator.Estimate(question.Load).TokensPerSecond,
        ServingMode.Continuous => estimator.Continuous(question.Load).TokensPerSecond,
        _ => estimator.Continuous(Fullest(question.Load, estimator)).TokensPerSecond,
    };

    /// <summary>The load of a server that takes as many sequences as it can hold.</summary>
    /// <param name="load">Lengths.</param>
    /// <param name="estimator">Of the model.</param>
    /// <returns>The load with its batch.</returns>
    public static ServingLoad Fullest(ServingLoad load, ServingEstimator estimator)
    {
        // Sequences under way are on average half written, so that memory holds more of them than of whole ones.
        long most = estimator.LargestBatch(load with { Output = load.Output / 2 }) ?? (long)MostSequences;
        return load with { Batch = Math.Clamp(most, 1, MostSequences * estimator.Layout.Pipeline) };
    }

    private static double Prompt(ServingLoad load, ServingEstimator estimator)
    {
        PassTime pass = estimator.Prefill(load.Batch, load.Input);
        double stages = estimator.Layout.PipelineOverlaps ? estimator.Layout.Pipeline : 1;
        return load.Batch * load.Input * stages / pass.Seconds;
    }
}
