namespace Likeness;

/// <summary>What the columns of a user's table are, and which of its rows are read. Part of how data was opened, and stored with a run.</summary>
public sealed record TableOptions
{
    /// <summary>Whether the first line holds the column names; null infers it from the cells.</summary>
    public bool? Header { get; init; }

    /// <summary>The column that holds the classes; null for the column named label or class, if there is one.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The column that says train, validation or test for each row.</summary>
    public string? SplitColumn { get; init; }

    /// <summary>The column that says which series a row belongs to.</summary>
    public string? SeriesColumn { get; init; }

    /// <summary>Columns that are the same in all rows of a series, numbers or words: static features, which forecasts are told and samples keep.</summary>
    public IReadOnlyList<string> Static { get; init => field = value ?? []; } = [];

    /// <summary>The columns to read; empty for all.</summary>
    public IReadOnlyList<string> Columns { get; init => field = value ?? []; } = [];

    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Drop { get; init => field = value ?? []; } = [];

    /// <summary>COLUMN=VALUE: reads only rows with that value, and drops the column, which is then constant.</summary>
    public string? Only { get; init; }

    /// <summary>Whether each row is a series of one value per step.</summary>
    public bool RowsAreSeries { get; init; }

    /// <summary>Columns with the action of each step; an action leads to the values of its own row or, if <see cref="Next"/> is given, to the next state.</summary>
    public IReadOnlyList<string> Actions { get; init => field = value ?? []; } = [];

    /// <summary>Prefix of the columns with the next state, if each row is a transition: "next_" for position and next_position.</summary>
    public string? Next { get; init; }

    /// <summary>The column with the reward of each step.</summary>
    public string? Reward { get; init; }

    /// <summary>Whether rows tell what was done in a world.</summary>
    internal bool OfWorld => Actions.Count > 0 || Next is not null || Reward is not null;

    /// <summary>The file with the validation split.</summary>
    public string? Validation { get; init; }

    /// <summary>The file with the test split.</summary>
    public string? Test { get; init; }

    /// <summary>What is read of a database: a SELECT, or the name of a table; null for the only table.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Query { get; init; }

    /// <summary>What the columns of a mixed table may contain; null to infer it from the training rows.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public TableSchema? Schema { get; init; }

    /// <summary>The target column of a mixed table, to be predicted from the others; null for the column named label or class, if there is one.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; init; }

    /// <summary>What holds for other files that a model of this data is asked about: their rows are all read, in one part.</summary>
    internal TableOptions ForOthers => this with { Header = null, Validation = null, Test = null, Schema = null };

    public bool Equals(TableOptions? other) => other is not null && Columns.SequenceEqual(other.Columns) && Drop.SequenceEqual(other.Drop) && Actions.SequenceEqual(other.Actions) && Static.SequenceEqual(other.Static)
        && Equals(Schema, other.Schema) && (Target, Query) == (other.Target, other.Query) && (Header, LabelColumn, SplitColumn, SeriesColumn, Only, RowsAreSeries, Next, Reward, Validation, Test)
            == (other.Header, other.LabelColumn, other.SplitColumn, other.SeriesColumn, other.Only, other.RowsAreSeries, other.Next, other.Reward, other.Validation, other.Test);

    public override int GetHashCode() => HashCode.Combine(LabelColumn, SplitColumn, SeriesColumn, Only, Validation, Test, Columns.Count, Drop.Count);
}
