using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness sample DIR</c>: new examples from the model of a run.</summary>
internal static class SampleVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var count = CommonOptions.Number("-n", "how many (default 64)", 1, "--count");
        var seed = CommonOptions.Seed();
        var label = new Option<string?>("--class") { Description = "only examples of this class, for models that can", HelpName = "NAME" };
        var text = Words("--text", "only examples that this describes, for models that can");
        var to = Words("--to", "a second description: examples on the way from the first to this one, a row for each of the -n (default 8) noises");
        var given = new Option<string[]>("--given")
        {
            Description = "only examples with this value in a column, in the data's units; of the column that holds classes the name of one; several columns are all given, for models that can",
            HelpName = "COLUMN=VALUE",
            AllowMultipleArgumentsPerToken = true,
        };
        var steps = CommonOptions.Number("--steps", "examples on the way, both ends included (default 8)", 2);
        var file = CommonOptions.Examples();
        var raw = CommonOptions.Raw();
        var noise = new Option<bool>("--noise") { Description = "show draws in pictures, with the noise of the observation (default: their means)" };
        var set = CommonOptions.Later("sampler.kind=heun sampler.steps=30 or guidance=2");
        var command = new Command("sample", "draw new examples") { folder, count, label, given, text, to, steps, set, seed, noise, raw, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var path = CommonOptions.CheckExamples(parsed.GetValue(file));
            var (first, second) = (parsed.GetValue(text), parsed.GetValue(to));
            if ((second is not null && first is null) || (first is not null && parsed.GetValue(label) is not null))
            {
                throw new UsageException("Examples are drawn of a class, of a text, or on the way from one text to another: give --class, or --text, or --text and --to.");
            }

            var trained = terminal.Opened(parsed.GetValue(folder)!, parsed.GetValue(set));
            var fit = trained.FitOf(parsed.GetValue(raw));
            var (fixedClass, values) = Given(trained, parsed.GetValue(given) ?? []);
            if ((fixedClass is not null || values is not null) && (first ?? parsed.GetValue(label)) is not null)
            {
                throw new UsageException("Examples are drawn given values, of a class, or of a text: give --given, or --class, or --text.");
            }

            if ((fixedClass ?? parsed.GetValue(label)) is not null)
            {
                Capabilities.Require<IGenerative<ClassCondition>>(trained.Model, trained.Recipe.Name, "leave the class out");
            }

            var one = (fixedClass ?? parsed.GetValue(label)) is { } named ? trained.Fit.ClassOf(named, trained.Spec.Classes) : (int?)null;
            var number = parsed.GetValue(count) ?? (second is null ? 64 : 8);
            var columns = second is null ? (int?)null : parsed.GetValue(steps) ?? 8;
            path ??= trained.Folder.SampleFile(trained.Step, $"{(one is { } c ? $"-class{c}" : "")}{(first is null ? "" : second is null ? "-text" : "-texts")}{(values is null ? "" : "-given")}-seed{parsed.GetValue(seed) ?? 0}{Sampling.DefaultExtension(trained.Spec)}");
            var means = !parsed.GetValue(noise) && first is null && values is null && (Sampling.IsPicture(path) || Sampling.IsFolder(path)) && Sampling.HasNoise(trained.Model, trained.Spec);
            if (means)
            {
                terminal.Note("The pictures show means of what the model draws, without the noise of the observation: --noise adds it.");
            }

            using var scope = torch.NewDisposeScope();
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            var x = terminal.Track("sample", "examples", number, tracker => Draw(share => tracker.Report(share * number)));
            if (values is not null && fit.Scales)
            {
                values.Write(path, x);
            }
            else
            {
                Sampling.Write(path, x, trained.Spec, fit, columns);
            }

            terminal.Print(path, Settings.Said(new() { ["file"] = path, ["count"] = number, ["step"] = trained.Step }, trained));

            return ExitCode.Done;

            Tensor Draw(Action<double> progress) => values is not null ? values.Draw(trained.Model, number, rng, progress, trained.Recipe.Name) : (first, second, one) switch
            {
                ({ } from, { } end, _) => TextPictures.Interpolate(trained.Model, from, end, number, columns!.Value, rng),
                ({ } words, _, _) => Sampling.DrawText(trained.Model, words, number, rng, progress),
                (_, _, { } place) => Sampling.DrawClass(trained.Model, place, trained.Spec.Classes, number, rng, progress, means),
                _ => Sampling.Draw(trained.Model, number, rng, progress, means),
            };
        });
        return command;
    }

    // The class, where it is what is given, or the values of columns.
    private static (string? Class, GivenValues? Values) Given(TrainedModel trained, string[] assignments)
    {
        var column = trained.Folder.Record.Data.Table?.LabelColumn;
        string[] ofClass = [.. assignments.Where(a => trained.Spec.Classes > 0 && a.LastIndexOf('=') is var cut and > 0
            && (column is null ? a[..cut].ToLowerInvariant() is "label" or "class" : a[..cut] == column) && !trained.Fit.Names.Contains(a[..cut]))];
        if (ofClass.Length > 0 && assignments.Length > 1)
        {
            throw new UsageException($"'{ofClass[0]}' gives the class, and no model draws given a class and columns: give the class alone, or leave it out.");
        }

        return ofClass is [var one] ? (one[(one.LastIndexOf('=') + 1)..], null)
            : (null, assignments.Length == 0 ? null : GivenValues.Read(assignments, trained.Spec, trained.Fit));
    }

    private static Option<string?> Words(string name, string description) => new(name) { Description = description, HelpName = "TEXT" };
}
