namespace Headroom.Data.Splits;

/// <summary>What a split did, in rows.</summary>
/// <param name="Method">In words, with the seed.</param>
/// <param name="Rows">Rows there were.</param>
/// <param name="Train">Rows to train on.</param>
/// <param name="Validation">Rows to choose by while training.</param>
/// <param name="Test">Rows to measure on.</param>
/// <param name="Repeated">Rows whose inputs an earlier row had too.</param>
/// <param name="Deduplicated">Of those, how many were taken out because each input was to be kept once.</param>
/// <param name="DroppedFromTrain">Training rows taken out because their inputs stand in validation or test.</param>
/// <param name="DroppedFromValidation">Validation rows taken out because their inputs stand in test.</param>
public sealed record SplitReport(string Method, int Rows, int Train, int Validation, int Test, int Repeated, int Deduplicated, int DroppedFromTrain, int DroppedFromValidation);
