namespace Likeness.Cli;

/// <summary>The options that say what the columns of a user's table are, and which rows are read: what train and data share.</summary>
internal sealed class TableFlags
{
    private readonly Option<string?> _header = CommonOptions.Choice("--header", "whether the first line of a table names its columns (default: its cells decide)", "yes", "no");
    private readonly Option<string?> _label = Column("--label-column", "the column of a table that holds classes, numbers or words (default: one named label or class)");
    private readonly Option<string?> _split = Column("--split-column", "the column of a table that says train, validation or test");
    private readonly Option<string?> _series = Column("--series-column", "the column of a table that says which series a row belongs to");
    private readonly Option<string?> _static = new("--static") { Description = "the columns of a table that are the same in all rows of a series, numbers or words: static features", HelpName = "NAME,NAME" };
    private readonly Option<string?> _columns = new("--columns") { Description = "read these columns of a table only", HelpName = "NAME,NAME" };
    private readonly Option<string?> _drop = new("--drop") { Description = "leave these columns of a table out", HelpName = "NAME,NAME" };
    private readonly Option<string?> _only = new("--only") { Description = "read only the rows of a table with this value, and leave the column out", HelpName = "COLUMN=VALUE" };
    private readonly Option<bool> _rows = new("--rows-are-series") { Description = "each row of a table is a series, with one value per step" };
    private readonly Option<string?> _actions = new("--action-columns") { Description = "the columns of a table that hold the actions of each step", HelpName = "NAME,NAME" };
    private readonly Option<string?> _reward = Column("--reward-column", "the column of a table that holds the reward of each step");
    private readonly Option<string?> _next = new("--next-prefix") { Description = "each row is a transition: what the names of the columns with the next state begin with", HelpName = "WORD" };
    private readonly Option<string?> _validation = new("--validation") { Description = "the table with the validation split (and --data has the training split)", HelpName = "FILE" };
    private readonly Option<string?> _test = new("--test") { Description = "the table with the test split", HelpName = "FILE" };

    private readonly Option<string?> _schema = new("--schema") { Description = "what the columns of a mixed table may hold (default: inferred from its training rows); data info --write-schema makes one to edit", HelpName = "FILE" };
    private readonly Option<string?> _query = new("--query") { Description = "what is read of an SQLite database: a SELECT, or the name of a table (default: the only table)", HelpName = "SQL|TABLE" };
    private readonly Option<string?> _target = Column("--target", "the column of a mixed table that is to be told from the others (default: one named label, class or target)");

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _header, _label, _split, _series, _static, _columns, _drop, _only, _rows, _actions, _reward, _next, _validation, _test, _query, _schema, _target })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was said; null where nothing was.</summary>
    /// <exception cref="UsageException">A condition on rows is none.</exception>
    public TableOptions? Read(ParseResult parsed)
    {
        var only = parsed.GetValue(_only);
        if (only is not null && only.IndexOf('=', StringComparison.Ordinal) < 1)
        {
            throw new UsageException($"'{only}' is not allowed for --only, which takes COLUMN=VALUE: write for example --only label=0.");
        }

        var table = new TableOptions
        {
            Header = parsed.GetValue(_header) switch { "yes" => true, "no" => false, _ => null },
            LabelColumn = parsed.GetValue(_label),
            SplitColumn = parsed.GetValue(_split),
            SeriesColumn = parsed.GetValue(_series),
            Static = Names(_static),
            Columns = Names(_columns),
            Drop = Names(_drop),
            Only = only,
            RowsAreSeries = parsed.GetValue(_rows),
            Actions = Names(_actions),
            Reward = parsed.GetValue(_reward),
            Next = parsed.GetValue(_next),
            Validation = parsed.GetValue(_validation),
            Test = parsed.GetValue(_test),
            Query = parsed.GetValue(_query)?.Trim(),
            Schema = parsed.GetValue(_schema) is { } schema ? TableSchema.Load(schema) : null,
            Target = parsed.GetValue(_target),
        };
        return table.Equals(new()) ? null : table;

        IReadOnlyList<string> Names(Option<string?> option) => parsed.GetValue(option) is { } list ? list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
    }

    private static Option<string?> Column(string name, string description) => new(name) { Description = description, HelpName = "NAME" };
}
