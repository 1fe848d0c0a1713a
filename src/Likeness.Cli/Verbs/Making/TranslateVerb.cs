using System.CommandLine;
using System.Text.Json.Nodes;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness translate DIR INPUT… --to DOMAIN -o DIR</c>: pictures as they would be in another domain.</summary>
internal static class TranslateVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var inputs = new Argument<string[]>("INPUT") { Description = "pictures, folders or ZIP archives of them, names of data sets", Arity = ArgumentArity.OneOrMore };
        var to = new Option<string[]>("--to")
        {
            Description = "where to: a domain of the model, or several of different groups, such as colour=red size=large",
            HelpName = "DOMAIN",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("-o", "--output") { Description = "the folder that the translations go to, under the names of the pictures", HelpName = "DIR", Required = true };
        var grid = new Option<string?>("--grid") { Description = "also draw the first twelve, one in a row: before, after, and translated back", HelpName = "FILE.png" };
        var split = CommonOptions.SplitOption("which part of named data sets (default test)");
        var limit = CommonOptions.Number("--limit", "at most so many pictures of each input", 1);
        var force = new Option<bool>("--force") { Description = "replace pictures that are already in the folder" };
        var root = CommonOptions.DataRoot();
        var command = new Command("translate", "show pictures as they would be in another domain") { folder, inputs, to, output, grid, split, limit, force, root };
        command.SetAction(parsed =>
        {
            var trained = terminal.Opened(parsed.GetValue(folder)!);
            var target = TranslationTarget.Of(TranslationTarget.Translator(trained), parsed.GetValue(to)!);
            var directory = parsed.GetValue(output)!;
            using var source = PictureSource.Open(
                parsed.GetValue(inputs)!, CommonOptions.ToSplit(parsed.GetValue(split)), parsed.GetValue(limit) ?? int.MaxValue, trained.Spec.IsImage ? trained.Spec.Height : 1, parsed.GetValue(root));
            var work = new PictureTranslation(trained, target);
            work.Check(source, directory, parsed.GetValue(force));
            var report = terminal.Track("translate", "%", 100, tracker => work.Write(source, directory, parsed.GetValue(grid), share => tracker.Report(share * 100)));
            foreach (var sentence in report.Unreadable)
            {
                terminal.Note(sentence);
            }

            if (report.Resized > 0)
            {
                terminal.Note($"{Count(report.Resized)} of another size: brought to the {trained.Spec.Width}×{trained.Spec.Height} pixels that the model knows (centre square, triangle filter).");
            }

            if (terminal.Json)
            {
                terminal.Print(new JsonObject
                {
                    ["folder"] = directory, ["to"] = target.ToString(), ["written"] = report.Written, ["resized"] = report.Resized,
                    ["unreadable"] = report.Unreadable.Count, ["grid"] = parsed.GetValue(grid), ["step"] = trained.Step,
                });
            }
            else
            {
                terminal.Print($"{directory}: {Count(report.Written)} translated to {target}");
            }

            return report.Unreadable.Count == 0 ? ExitCode.Done
                : throw new DataException($"{report.Unreadable.Count} of {Count(source.Pictures.Count)} could not be read: mend or remove them; what could be read is translated, in '{directory}'.");
        });
        return command;
    }

    private static string Count(int pictures) => pictures == 1 ? "1 picture" : $"{pictures} pictures";
}
