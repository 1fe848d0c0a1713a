namespace Likeness.Cli.Verbs;

/// <summary><c>likeness latent map|manifold|interpolate|arithmetic|sweep DIR</c>: pictures of a model's codes.</summary>
internal static class LatentVerb
{
    // Points of a map, and examples behind a mean code, where no limit is given.
    private const int Most = 5000;

    public static Command Create(Terminal terminal) => new("latent", "draw pictures of a model's codes")
    {
        Map(terminal), Manifold(terminal), Interpolate(terminal), Arithmetic(terminal), Sweep(terminal),
    };

    /// <summary>The name of a picture.</summary>
    /// <exception cref="UsageException">It does not end as one.</exception>
    public static string CheckPicture(string path) => Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg"
        ? path
        : throw new UsageException($"A picture cannot be written as '{path}': end the file's name in .png or .jpg.");

    private static Command Map(Terminal terminal)
    {
        var common = new Common();
        var limit = CommonOptions.Number("--limit", $"at most so many examples (default {Most})", 1);
        var command = new Command("map", "the codes of examples as points, in the colours of their classes; of more than two values, their principal components") { limit };
        return common.Complete(command, terminal, "map", (parsed, space, data, split) =>
            LatentPictures.Map(space, data, new(split, Limit: parsed.GetValue(limit) ?? Most)));
    }

    private static Command Manifold(Terminal terminal)
    {
        var common = new Common();
        var side = CommonOptions.Number("--side", "codes per row, and rows (default 20)", 2);
        var seed = CommonOptions.Seed();
        var command = new Command("manifold", "a grid of codes of two values, decoded, at equal steps of probability") { side, seed };
        return common.Complete(command, terminal, "manifold", (parsed, space, data, _) =>
            LatentPictures.Manifold(space, data, parsed.GetValue(side) ?? 20, new Rng(parsed.GetValue(seed) ?? 0, space.Trained.Model.Device)));
    }

    private static Command Interpolate(Terminal terminal)
    {
        var common = new Common();
        var from = Places("--from", "places of examples to begin at, counted from 0 (default 0 1 2 3)");
        var to = Places("--to", "places of examples to end at, as many (default 4 5 6 7)");
        var steps = CommonOptions.Number("--steps", "codes on the way, both ends included (default 10)", 1);
        var way = CommonOptions.Choice("--way", "from code to code (default line)", "line", "arc");
        var command = new Command("interpolate", "what lies between examples, by their codes") { from, to, steps, way };
        return common.Complete(command, terminal, "interpolate", (parsed, space, data, split) =>
        {
            var (starts, ends) = (Given(parsed.GetValue(from), [0, 1, 2, 3]), Given(parsed.GetValue(to), [4, 5, 6, 7]));
            if (starts.Length != ends.Length)
            {
                throw new UsageException($"{Counted.Of(starts.Length, "example")} to begin at and {ends.Length} to end at do not make pairs: give as many with --from as with --to.");
            }

            return LatentPictures.Interpolate(space, LatentSpace.Examples(data, split, starts), LatentSpace.Examples(data, split, ends), parsed.GetValue(steps) ?? 10,
                parsed.GetValue(way) == "arc" ? new LatentWay.Arc() : new LatentWay.Line());
        });
    }

    private static Command Arithmetic(Terminal terminal)
    {
        var common = new Common();
        var start = Property("--start", "what the examples to begin with have, such as shape=star or class=3");
        var minus = Property("--minus", "what is taken away, such as colour=red");
        var plus = Property("--plus", "what is put in its place, such as colour=blue");
        var count = CommonOptions.Number("-n", "examples to move (default 8)", 1, "--count");
        var limit = CommonOptions.Number("--limit", $"look at so many examples for the mean codes (default {Most})", 1);
        var command = new Command("arithmetic", "mean codes of properties, added and subtracted, and examples shifted by the difference") { start, minus, plus, count, limit };
        return common.Complete(command, terminal, "arithmetic", (parsed, space, data, split) => LatentPictures.Arithmetic(
            space, data, new(split, Limit: parsed.GetValue(limit) ?? Most), Concept.Of(parsed.GetValue(start)!, data), Concept.Of(parsed.GetValue(minus)!, data),
            Concept.Of(parsed.GetValue(plus)!, data), parsed.GetValue(count) ?? 8));
    }

    private static Command Sweep(Terminal terminal)
    {
        var common = new Common();
        var rows = CommonOptions.Number("--rows", "codes, a row each (default 5)", 1);
        var steps = CommonOptions.Number("--steps", "settings of a factor that has any number of them (default 10)", 2);
        var seed = CommonOptions.Seed();
        var command = new Command("sweep", "what single factors of a code do: rows in which only that factor changes") { rows, steps, seed };
        return common.Complete(command, terminal, "sweep", (parsed, space, _, _) =>
            LatentPictures.Sweep(space, parsed.GetValue(rows) ?? 5, parsed.GetValue(steps) ?? 10, new Rng(parsed.GetValue(seed) ?? 0, space.Trained.Model.Device)));
    }

    private static Option<int[]> Places(string name, string description) =>
        new(name) { Description = description, HelpName = "N …", AllowMultipleArgumentsPerToken = true };

    private static int[] Given(int[]? asked, int[] usual) => asked is { Length: > 0 } ? asked : usual;

    private static Option<string> Property(string name, string description) => new(name) { Description = description, HelpName = "NAME=VALUE", Required = true };

    /// <summary>What all these pictures are asked with.</summary>
    private sealed class Common
    {
        private readonly Argument<string> _folder = CommonOptions.RunArgument();
        private readonly Option<string?> _source = CommonOptions.OtherData("which examples: a data set's name or a path (default: the run's own data)");
        private readonly Option<string?> _query = CommonOptions.Query();
        private readonly Option<string?> _split = CommonOptions.SplitOption("which part of a named data set (default test)");
        private readonly Option<string?> _root = CommonOptions.DataRoot();
        private readonly Option<string?> _file = new("-o", "--output") { Description = "a .png or .jpg file; default: in the run's folder", HelpName = "FILE" };

        public Command Complete(Command command, Terminal terminal, string name, Func<ParseResult, LatentSpace, IDataset, Split, Captioned> draw)
        {
            command.Add(_folder);
            command.Add(_source);
            command.Add(_query);
            command.Add(_split);
            command.Add(_root);
            command.Add(_file);
            command.Add(CommonOptions.Threads());
            command.SetAction(parsed =>
            {
                var path = parsed.GetValue(_file) is { } asked ? CheckPicture(asked) : null;
                var trained = terminal.Opened(parsed.GetValue(_folder)!, query: parsed.GetValue(_query));
                var data = terminal.Noted(trained.OpenOwnOr(parsed.GetValue(_source), parsed.GetValue(_root)));
                using var scope = torch.NewDisposeScope();
                var made = draw(parsed, new LatentSpace(trained), data, CommonOptions.ToSplit(parsed.GetValue(_split)));
                path ??= trained.Folder.SampleFile(trained.Step, $"-latent-{name}.png");
                Sampling.WritePicture(path, made.Picture);
                terminal.Print($"{path}: {made.Caption}", new JsonObject { ["file"] = path, ["caption"] = made.Caption });

                return ExitCode.Done;
            });
            return command;
        }
    }
}
