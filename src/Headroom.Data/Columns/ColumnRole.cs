namespace Headroom.Data.Columns;

/// <summary>What a column is for.</summary>
public enum ColumnRole
{
    /// <summary>The model sees it; rows with equal inputs are the same row to a split.</summary>
    Input,

    /// <summary>What the model is to predict.</summary>
    Label,

    /// <summary>Rows of one group stay on one side of a split by group.</summary>
    Group,

    /// <summary>Orders the rows for a split by time.</summary>
    Time,

    /// <summary>Kept for people and for audits; neither trained on nor compared.</summary>
    Note,
}
