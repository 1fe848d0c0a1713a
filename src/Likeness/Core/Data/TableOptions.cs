namespace Likeness;

/// <summary>What the columns of a user's table are, and which of its rows are read. Part of how data was opened, and kept with a run.</summary>
public sealed record TableOptions
{
    /// <summary>Whether the first line names the columns; null lets its cells decide.</summary>
    public bool? Header { get; init; }

    /// <summary>The column that holds classes; null for one named label or class, if there is one.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The column that says train, validation or test for each row.</summary>
    public string? SplitColumn { get; init; }

    /// <summary>The column that says which series a row belongs to.</summary>
    public string? SeriesColumn { get; init; }

    /// <summary>The columns to read; all where empty.</summary>
    public IReadOnlyList<string> Columns { get; init => field = value ?? []; } = [];

    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Drop { get; init => field = value ?? []; } = [];

    /// <summary>COLUMN=VALUE: only such rows are read, and the column, which then says nothing more, is left out.</summary>
    public string? Only { get; init; }

    /// <summary>Whether each row is a series of one value per step.</summary>
    public bool RowsAreSeries { get; init; }

    /// <summary>Columns of what is done at each step; they lead to the values of their row or, where <see cref="Next"/> is said, to the next ones.</summary>
    public IReadOnlyList<string> Actions { get; init => field = value ?? []; } = [];

    /// <summary>What the names of the columns with the next state begin with, where each row is a transition: "next_" for position and next_position.</summary>
    public string? Next { get; init; }

    /// <summary>The column of what a step earned.</summary>
    public string? Reward { get; init; }

    /// <summary>Whether rows tell what was done in a world.</summary>
    internal bool OfWorld => Actions.Count > 0 || Next is not null || Reward is not null;

    /// <summary>The file with the validation split.</summary>
    public string? Validation { get; init; }

    /// <summary>The file with the test split.</summary>
    public string? Test { get; init; }

    /// <summary>What the columns of a mixed table may hold; null to infer it from the training rows.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public TableSchema? Schema { get; init; }

    /// <summary>The column of a mixed table that is to be told from the others; null for the one named label or class, if there is one.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; init; }

    /// <summary>What holds for other files that a model of this data is asked about: their rows are all read, in one part.</summary>
    internal TableOptions ForOthers => this with { Header = null, Validation = null, Test = null, Schema = null };

    public bool Equals(TableOptions? other) => other is not null && Columns.SequenceEqual(other.Columns) && Drop.SequenceEqual(other.Drop) && Actions.SequenceEqual(other.Actions)
        && Equals(Schema, other.Schema) && Target == other.Target && (Header, LabelColumn, SplitColumn, SeriesColumn, Only, RowsAreSeries, Next, Reward, Validation, Test)
            == (other.Header, other.LabelColumn, other.SplitColumn, other.SeriesColumn, other.Only, other.RowsAreSeries, other.Next, other.Reward, other.Validation, other.Test);

    public override int GetHashCode() => HashCode.Combine(LabelColumn, SplitColumn, SeriesColumn, Only, Validation, Test, Columns.Count, Drop.Count);
}
