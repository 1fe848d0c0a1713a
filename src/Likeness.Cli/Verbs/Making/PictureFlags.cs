using System.CommandLine;
using System.Text.Json.Nodes;

namespace Likeness.Cli.Verbs;

/// <summary>What verbs share that make pictures of pictures, each under its own name.</summary>
internal sealed class PictureFlags(Terminal terminal)
{
    private readonly Argument<string> _folder = CommonOptions.RunArgument();
    private readonly Argument<string[]> _inputs = new("INPUT") { Description = "pictures, folders or ZIP archives of them, names of data sets", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output = new("-o", "--output") { Description = "the folder that the results go to, under the names of the pictures", HelpName = "DIR", Required = true };
    private readonly Option<string?> _grid = new("--grid") { Description = "also draw the first twelve, one in a row: given, made, and the truth where it is known", HelpName = "FILE.png" };
    private readonly Option<int?> _draws = CommonOptions.Number("--draws", "results of each picture (default 1)", 1);
    private readonly Option<string?> _split = CommonOptions.SplitOption("which part of named data sets (default test)");
    private readonly Option<int?> _limit = CommonOptions.Number("--limit", "at most so many pictures of each input", 1);
    private readonly Option<ulong?> _seed = CommonOptions.Seed();
    private readonly Option<bool> _force = new("--force") { Description = "replace pictures that are already in the folder" };
    private readonly Option<string?> _root = CommonOptions.DataRoot();

    public Command Command(string name, string description, params Option[] own)
    {
        var command = new Command(name, description) { _folder, _inputs };
        foreach (var option in (Option[])[.. own, _output, _grid, _draws, _split, _limit, _seed, _force, _root])
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>The model that is named.</summary>
    public TrainedModel Open(ParseResult parsed) => terminal.Opened(parsed.GetValue(_folder)!);

    /// <summary>Whether all that is named are data sets, whose examples are whole.</summary>
    /// <exception cref="UsageException">Some are and some are not.</exception>
    public bool AreDatasets(ParseResult parsed)
    {
        var inputs = parsed.GetValue(_inputs)!;
        var named = inputs.Where(i => !Path.Exists(i) && DatasetCatalog.BuiltIn.Any(e => e.Name == i)).ToList();
        return named.Count == 0 || named.Count == inputs.Length ? named.Count > 0
            : throw new UsageException($"'{named[0]}' is a data set of whole pictures and '{inputs.Except(named).First()}' is not: work on them one after the other.");
    }

    /// <summary>Does the work and says what became of the pictures.</summary>
    public int Run(ParseResult parsed, TrainedModel trained, PictureRestoration work, string done, string method)
    {
        var (directory, grid, draws) = (parsed.GetValue(_output)!, parsed.GetValue(_grid), parsed.GetValue(_draws) ?? 1);
        using var source = PictureSource.Open(
            parsed.GetValue(_inputs)!, CommonOptions.ToSplit(parsed.GetValue(_split)), parsed.GetValue(_limit) ?? int.MaxValue, trained.Spec.IsImage ? trained.Spec.Height : 1, parsed.GetValue(_root));
        work.Check(source, directory, draws, parsed.GetValue(_force));
        var rng = new Rng(parsed.GetValue(_seed) ?? 0, trained.Model.Device);
        var report = terminal.Track(done, "%", 100, tracker => work.Write(source, directory, draws, grid, rng, share => tracker.Report(share * 100)));
        foreach (var sentence in report.Unreadable)
        {
            terminal.Note(sentence);
        }

        if (report.Resized > 0)
        {
            terminal.Note($"{Count(report.Resized)} of another size: brought to the model's, {trained.Spec.Width}×{trained.Spec.Height} pixels, and back.");
        }

        if (terminal.Json)
        {
            terminal.Print(new JsonObject
            {
                ["folder"] = directory, ["method"] = method, ["pictures"] = report.Pictures, ["written"] = report.Written, ["draws"] = draws, ["resized"] = report.Resized,
                ["unreadable"] = report.Unreadable.Count, ["disagreement"] = report.Disagreement, ["grid"] = grid, ["step"] = trained.Step,
            });
        }
        else
        {
            terminal.Print($"{directory}: {Count(report.Pictures)} {done}{(draws > 1 ? $", {draws} results each" : "")}, by {method}");
        }

        return report.Unreadable.Count == 0 ? ExitCode.Done
            : throw new DataException($"{report.Unreadable.Count} of {Count(source.Pictures.Count)} could not be read: mend or remove them; what could be read is {done}, in '{directory}'.");
    }

    private static string Count(int pictures) => pictures == 1 ? "1 picture" : $"{pictures} pictures";
}
