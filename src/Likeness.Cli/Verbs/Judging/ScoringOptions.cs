namespace Likeness.Cli.Verbs;

/// <summary>The options of verbs that score single examples by the model of a run.</summary>
/// <param name="what">What the data is to such a verb.</param>
internal sealed class ScoringOptions(string what)
{
    private readonly Argument<string> _folder = CommonOptions.RunArgument();
    private readonly Option<string> _source = new("--data") { Description = $"{what}: a data set's name or a path", HelpName = "NAME|FILE", Required = true };
    private readonly Option<string?> _query = CommonOptions.Query();
    private readonly Option<string?> _split = CommonOptions.SplitOption("which part of a named data set (default test)");
    private readonly Option<string?> _by = CommonOptions.Choice(
        "--by", "what an example is scored by (default: the first of these that the model has)", [.. ScoreBasis.All.Select(b => b.Name)]);
    private readonly Option<int?> _samples = CommonOptions.Number("--samples", "draws per example, for bounds that take many (default 100)", 1);
    private readonly Option<int?> _limit = CommonOptions.Number("--limit", "at most so many examples", 1);
    private readonly Option<string[]> _set = CommonOptions.Later("boundDraws=100");
    private readonly Option<ulong?> _seed = CommonOptions.Seed();
    private readonly Option<string?> _root = CommonOptions.DataRoot();

    /// <summary>A verb with these options and its own.</summary>
    public Command Create(string name, string description, params Option[] own)
    {
        var command = new Command(name, description) { _folder, _source, _query, _split, _by, _samples, _limit, _set, _seed, _root, CommonOptions.Threads() };
        foreach (var option in own)
        {
            command.Add(option);
        }

        return command;
    }

    /// <exception cref="LikenessException">The run, its model or the data will not do.</exception>
    public Scoring Open(ParseResult parsed, Terminal terminal)
    {
        var trained = terminal.Opened(parsed.GetValue(_folder)!, parsed.GetValue(_set), parsed.GetValue(_query));
        if (trained.Folder.Privacy is { } ledger)
        {
            terminal.Note(PrivacyText.Spent(ledger));
        }

        if (trained.ChosenText is { } chosen)
        {
            terminal.Note($"The model is asked with {chosen}.");
        }

        var basis = ScoreBasis.Of(trained.Model, parsed.GetValue(_by), trained.Recipe.Name);
        var data = terminal.Noted(trained.OpenOther(parsed.GetValue(_source)!, parsed.GetValue(_root)));
        var options = new MeasureOptions(CommonOptions.ToSplit(parsed.GetValue(_split)), Limit: parsed.GetValue(_limit) ?? int.MaxValue, Samples: parsed.GetValue(_samples));
        var own = terminal.Unchanged(trained.OpenDataBeside(parsed.GetValue(_source)!, parsed.GetValue(_root), out var gone));
        return new(terminal, trained, own, data, options, basis, new Rng(parsed.GetValue(_seed) ?? 0, trained.Model.Device)) { Gone = gone?.Phrase(Words.Of) };
    }
}

/// <summary>A model that scores, and what it scores.</summary>
/// <param name="Terminal">Where progress is shown.</param>
/// <param name="Trained">The model.</param>
/// <param name="Own">The data that it learned from.</param>
/// <param name="Data">The data that is scored.</param>
/// <param name="Options">Which part of it, and how.</param>
/// <param name="Basis">By what.</param>
/// <param name="Rng">Where a bound's draws come from.</param>
internal sealed record Scoring(Terminal Terminal, TrainedModel Trained, IDataset Own, IDataset Data, MeasureOptions Options, ScoreBasis Basis, Rng Rng)
{
    /// <summary>Why the data that it learned from cannot be opened; null where it can.</summary>
    public string? Gone { get; init; }

    /// <summary>Whether examples of a part of the model's own data are among those that are scored.</summary>
    public bool Includes(Split split)
    {
        var (own, scored) = (RunData.Of(Own), RunData.Of(Data).Source);
        // A user's file is scored whole; which rows another query gives is not known.
        return scored == own.Source && RunData.Of(Data).Table?.Query == own.Table?.Query ? Options.Split == split || Path.Exists(scored)
            : split != Split.Train && scored == (split == Split.Test ? own.Table?.Test : own.Table?.Validation);
    }

    /// <summary>The ordinary examples of a split, in words: "120 validation examples, 10 % of the training examples, which were kept aside".</summary>
    public string Described(Split split, int count) => string.Create(CultureInfo.InvariantCulture,
        $"{count} {split.Word()} examples{(split == Split.Validation && Trained.Folder.Record.Data.HoldOut is { } share ? $", {100 * share:0.##} % of the training examples, which were kept aside" : "")}");

    /// <summary>Scores the data.</summary>
    public ExampleScores Score() => Measure("score", Data, Options);

    /// <summary>Says why nothing can be calibrated; p-values of 1 then, which call nothing unusual.</summary>
    public double[] Uncalibrated(ExampleScores scores)
    {
        Terminal.Note($"All p-values are 1, as the data that the run learned from is not at hand to calibrate them on: {Gone}");
        return [.. Enumerable.Repeat(1.0, scores.Values.Length)];
    }

    /// <summary>Scores ordinary examples, of the model's own data, to compare with.</summary>
    public ExampleScores Calibrate(Split split, int limit) => Measure("calibrate", Own, Options with { Split = split, Limit = limit });

    /// <summary>Which columns make the scores of the data, beside those of ordinary examples of the model's own.</summary>
    public ColumnShares Explain(Split ordinary) => Terminal.Track("explain", "%", 100, tracker =>
    {
        ColumnShares Of(IDataset data, MeasureOptions how, double done) => ColumnShares.Measure(
            Trained.Model, data, how with { Progress = share => tracker.Report(done + (share * 50)) }, Basis, Trained.Fit);
        return Of(Data, Options, 0).Beyond(Of(Own, Options with { Split = ordinary, Limit = int.MaxValue }, 50));
    });

    private ExampleScores Measure(string what, IDataset data, MeasureOptions how) => Terminal.Track(what, "%", 100, tracker =>
        ExampleScores.Measure(Trained.Model, data, how with { Progress = share => tracker.Report(share * 100) }, Rng.Fork(what), Basis));
}
