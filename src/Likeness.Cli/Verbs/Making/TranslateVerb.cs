namespace Likeness.Cli.Verbs;

/// <summary><c>likeness translate DIR INPUT… --to DOMAIN -o DIR</c>: pictures as they would be in another domain.</summary>
internal static class TranslateVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var inputs = new PictureInputs(terminal);
        var to = new Option<string[]>("--to")
        {
            Description = "where to: a domain of the model, or several of different groups, such as colour=red size=large",
            HelpName = "DOMAIN",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("-o", "--output") { Description = "the folder that the translations go to, under the names of the pictures", HelpName = "DIR", Required = true };
        var grid = new Option<string?>("--grid") { Description = "also draw the first twelve, one in a row: before, after, and translated back", HelpName = "FILE.png" };
        var command = new Command("translate", "translate pictures into another domain") { folder, inputs.Names, to, output, grid, inputs.Split, inputs.Limit, inputs.Force, inputs.Root, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var trained = terminal.Opened(parsed.GetValue(folder)!);
            var target = TranslationTarget.Of(TranslationTarget.Translator(trained), parsed.GetValue(to)!);
            var directory = parsed.GetValue(output)!;
            using var source = inputs.Open(parsed, trained);
            var work = new PictureTranslation(trained, target);
            work.Check(source, directory, parsed.GetValue(inputs.Force));
            var report = terminal.Track("translate", "%", 100, tracker => work.Write(source, directory, parsed.GetValue(grid), share => tracker.Report(share * 100)));
            inputs.Note(report.Unreadable, report.Resized, $"the {trained.Spec.Width}×{trained.Spec.Height} pixels that the model knows (centre square, triangle filter)");
            terminal.Print(
                $"{directory}: {PictureInputs.Count(report.Written)} translated to {target}",
                new JsonObject
                {
                    ["folder"] = directory, ["to"] = target.ToString(), ["written"] = report.Written, ["resized"] = report.Resized,
                    ["unreadable"] = report.Unreadable.Count, ["grid"] = parsed.GetValue(grid), ["step"] = trained.Step,
                });
            return PictureInputs.Outcome(source, report.Unreadable.Count, "translated", directory);
        });
        return command;
    }
}
