using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary>What verbs share that make pictures of pictures, each under its own name.</summary>
internal sealed class PictureFlags(Terminal terminal)
{
    private readonly Argument<string> _folder = CommonOptions.RunArgument();
    private readonly PictureInputs _inputs = new(terminal);
    private readonly Option<string> _output = new("-o", "--output") { Description = "the folder that the results go to, under the names of the pictures", HelpName = "DIR", Required = true };
    private readonly Option<string?> _grid = new("--grid") { Description = "also draw the first twelve, one in a row: given, made, and the truth where it is known", HelpName = "FILE.png" };
    private readonly Option<int?> _draws = CommonOptions.Number("--draws", "results of each picture (default 1)", 1);
    private readonly Option<ulong?> _seed = CommonOptions.Seed();

    public Command Command(string name, string description, params Option[] own)
    {
        var command = new Command(name, description) { _folder, _inputs.Names };
        foreach (var option in (Option[])[.. own, _output, _grid, _draws, _inputs.Split, _inputs.Limit, _seed, _inputs.Force, _inputs.Root, CommonOptions.Threads()])
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>The model that is named.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="set">Which of its options are chosen anew; null where the verb has no such option.</param>
    public TrainedModel Open(ParseResult parsed, Option<string[]>? set = null) => terminal.Opened(parsed.GetValue(_folder)!, set is null ? null : parsed.GetValue(set));

    /// <summary>Restores what has been measured of pictures, by the methods that the model can.</summary>
    /// <param name="command">The verb's.</param>
    /// <param name="whole">Given where the pictures are yet to be measured.</param>
    /// <param name="done">What the pictures are then.</param>
    /// <param name="measurement">What has been measured, in words: by the line, and by what the model has learned to restore, if anything.</param>
    public void Restore(Command command, Option<bool> whole, string done, Func<ParseResult, string?, string> measurement)
    {
        var restoring = new RestoringFlags();
        restoring.AddTo(command);
        var set = CommonOptions.Later("sampler.steps=50");
        command.Add(set);
        command.SetAction(parsed =>
        {
            var trained = Open(parsed, set);
            var text = measurement(parsed, (trained.Model as IReconstructor)?.Measurement?.ToString());
            var measured = Measurements.Parse(text, trained.Spec);
            var method = RestoringMethods.Of(trained.Model, trained.Spec, measured, restoring.Read(parsed));
            RestoringFlags.CheckChosen(trained, method.Name);
            var work = new PictureRestoration(trained.Spec, spec => Measurements.Parse(text, spec), new Restoring(method, measured, trained.Spec, trained.Model.Device).Draw)
            {
                Whole = parsed.GetValue(whole) || AreDatasets(parsed),
            };
            return Run(parsed, trained, work, done, method.Name);
        });
    }

    /// <summary>Does the work and says what became of the pictures.</summary>
    public int Run(ParseResult parsed, TrainedModel trained, PictureRestoration work, string done, string method)
    {
        var (directory, grid, draws) = (parsed.GetValue(_output)!, parsed.GetValue(_grid), parsed.GetValue(_draws) ?? 1);
        using var source = _inputs.Open(parsed, trained);
        work.Check(source, directory, draws, parsed.GetValue(_inputs.Force));
        var rng = new Rng(parsed.GetValue(_seed) ?? 0, trained.Model.Device);
        var report = terminal.Track(done, "%", 100, tracker => work.Write(source, directory, draws, grid, rng, share => tracker.Report(share * 100)));
        _inputs.Note(report.Unreadable, report.Resized, $"the model's, {trained.Spec.Width}×{trained.Spec.Height} pixels, and back");
        terminal.Print(
            $"{directory}: {PictureInputs.Count(report.Pictures)} {done}{(draws > 1 ? $", {draws} results each" : "")}, {RestoringFlags.By(method)}{(trained.ChosenText is { } chosen ? $", with {chosen}" : "")}",
            Settings.Said(new()
            {
                ["folder"] = directory, ["method"] = method, ["pictures"] = report.Pictures, ["written"] = report.Written, ["draws"] = draws, ["resized"] = report.Resized,
                ["unreadable"] = report.Unreadable.Count, ["disagreement"] = report.Disagreement, ["grid"] = grid, ["step"] = trained.Step,
            }, trained));
        return PictureInputs.Outcome(source, report.Unreadable.Count, done, directory);
    }

    /// <summary>Whether all that is named are data sets, whose examples are whole.</summary>
    /// <exception cref="UsageException">Some are and some are not.</exception>
    private bool AreDatasets(ParseResult parsed)
    {
        var inputs = parsed.GetValue(_inputs.Names)!;
        var named = inputs.Where(i => !Path.Exists(i) && DatasetCatalog.BuiltIn.Any(e => e.Name == i)).ToList();
        return named.Count == 0 || named.Count == inputs.Length ? named.Count > 0
            : throw new UsageException($"'{named[0]}' is a data set of whole pictures and '{inputs.Except(named).First()}' is not: work on them one after the other.");
    }
}
