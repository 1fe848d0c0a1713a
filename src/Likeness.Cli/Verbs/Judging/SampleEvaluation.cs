namespace Likeness.Cli.Verbs;

/// <summary>The part of <c>likeness evaluate</c> that judges samples: of a run, or of a folder that another program has filled.</summary>
internal sealed class SampleEvaluation(Terminal terminal)
{
    private readonly Option<string?> _against = new("--against")
    {
        Description = "judge samples against this data: a data set's name or a path (default: the run's own data); all quick metrics of samples unless some are named",
        HelpName = "NAME|FILE",
    };

    private readonly Option<string?> _query = CommonOptions.Query();

    private readonly Option<string?> _features = new("--features")
    {
        Description = "the feature network to judge by: a run of a model with features or codes, or a TorchScript file (default: the values themselves)",
        HelpName = "RUN|FILE",
    };

    private readonly Option<bool> _trust = new("--trust") { Description = "allow the TorchScript file of --features to run: it is a program" };
    private readonly Option<string?> _shape = new("--input-shape") { Description = "what a TorchScript network is given, such as 3x299x299 (default: images as they are)", HelpName = "CxHxW" };
    private readonly Option<string?> _range = CommonOptions.Choice("--input-range", "values of what a TorchScript network is given (default unit: 0 to 1)", [.. ScriptInput.Ranges.Keys]);
    private readonly Option<int?> _size = CommonOptions.Number("--size", "bring images of --against to this side, where no run says which", 1);

    private readonly Option<string?> _map = new("--map") { Description = "a picture of generated among real examples (of their features, where --features names a network): their principal plane, and t-SNE", HelpName = "FILE" };

    public IEnumerable<Option> Options => [_against, _query, _features, _trust, _shape, _range, _size, _map];

    /// <summary>What a database is asked whose rows are measured or compared with; null where nothing was said.</summary>
    public string? Query(ParseResult parsed) => parsed.GetValue(_query);

    /// <summary>Whether a picture of samples is asked for.</summary>
    public bool Draws(ParseResult parsed) => parsed.GetValue(_map) is { } path && (Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg"
        ? true : throw new UsageException($"A map of samples cannot be written as '{path}': end the file's name in .png or .jpg."));

    /// <summary>Whether samples are to be judged against data that is named.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetValue(_against) is not null;

    /// <summary>The feature network that is named for examples of such a kind; null where none is.</summary>
    public FeatureNetwork? Features(ParseResult parsed, DataSpec spec) => parsed.GetValue(_features) is { } source
        ? FeatureSource.Open(source, spec, Zoo.BuiltIn, parsed.GetValue(_trust), ScriptInput.Parse(parsed.GetValue(_shape), parsed.GetValue(_range))).Network
        : null;

    /// <summary>Measures metrics of samples, and hands over each one's scores as they are known.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">A run, or samples of another program.</param>
    /// <param name="trained">The run's model; null where it is none.</param>
    /// <param name="chosen">Which metrics; all that fit and are quick where empty.</param>
    /// <param name="options">On which part of the data.</param>
    /// <param name="seed">Of the draws and the bootstrap.</param>
    /// <param name="root">Where data files are looked for first.</param>
    /// <param name="report">Takes the scores.</param>
    public void Measure(ParseResult parsed, string path, TrainedModel? trained, IReadOnlyList<SampleMetric> chosen, MeasureOptions options, ulong seed, string? root, Action<IDataset, IReadOnlyList<NamedScore>> report)
    {
        var input = ScriptInput.Parse(parsed.GetValue(_shape), parsed.GetValue(_range));
        var against = trained is not null ? terminal.Noted(trained.OpenOwnOr(parsed.GetValue(_against), root))
            : DatasetCatalog.Open(parsed.GetValue(_against)!, new(root, Size: parsed.GetValue(_size)) { Table = Query(parsed) is { } query ? new() { Query = query } : null });
        var features = FeatureSource.Open(parsed.GetValue(_features), against.Spec, Zoo.BuiltIn, parsed.GetValue(_trust), input);
        var limit = options.Limit == int.MaxValue ? SampleJudge.UsualExamples : options.Limit;
        var real = ExampleSet.Of(against, options.Split, limit, options.BatchSize);
        var source = trained is null ? SampleSource.Read(path, against, limit, root)
            : terminal.Track("draw", "%", 100, tracker =>
                SampleSource.Draw(trained, real, against.Spec.Classes, real.Count, options with { Progress = share => tracker.Report(share * 100) }, seed));
        if (source.Note is { } note)
        {
            terminal.Note(note);
        }

        Action<double>? progress = null;
        var judge = new SampleJudge(source, against, options.Split, real, features, trained is null ? against : terminal.Learned(trained, against, root), share => progress?.Invoke(share));
        foreach (var metric in chosen)
        {
            if (judge.Missing(metric) is { } missing)
            {
                throw new UsageException($"The metric '{metric.Name}' ({metric.Summary}) cannot be measured here: {missing}.");
            }
        }

        if (Draws(parsed))
        {
            Sampling.WritePicture(parsed.GetValue(_map)!, judge.Map(new Rng(seed)));
        }

        if (!terminal.Json)
        {
            terminal.Print("judged by", 10, judge.JudgedBy);
            if (trained?.ChosenText is { } anew)
            {
                terminal.Print("asked with", 11, anew);
            }
        }

        foreach (var metric in chosen.Count > 0 ? chosen : [.. SampleMetricCatalog.BuiltIn.Where(m => !m.OnRequest && judge.Missing(m) is null)])
        {
            var scores = terminal.Track(metric.Name, "%", 100, tracker =>
            {
                progress = share => tracker.Report(share * 100);
                return judge.Measure(metric, new Rng(seed).Fork(metric.Name));
            });
            report(against, scores);
            if (metric.Verdict(scores) is { } verdict)
            {
                terminal.Note(verdict);
            }
        }
    }
}
