namespace Likeness.Cli.Verbs;

/// <summary><c>likeness cluster DIR</c>: clusters of codes, and how well they agree with classes that they were found without.</summary>
internal static class ClusterVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var by = new Option<string?>("--by") { Description = "a model that clusters (default: k-means, the best of 20 beginnings)", HelpName = "MODEL" };
        by.CompletionSources.Add([.. Zoo.BuiltIn.Recipes.Where(r => typeof(IClustering).IsAssignableFrom(r.ModelType)).Select(r => r.Name)]);
        var set = new Option<string[]>("--set") { Description = "an option of that model, such as --set components=10", HelpName = "key=value", AllowMultipleArgumentsPerToken = true };
        var number = CommonOptions.Number("--clusters", "clusters of k-means (default: as many as there are classes)", 1);
        var raw = new Option<bool>("--raw") { Description = "cluster the examples themselves instead of their codes" };
        var source = CommonOptions.OtherData("what to cluster: a data set's name or a path (default: the run's own data)");
        var query = CommonOptions.Query();
        var split = CommonOptions.Choice("--split", "which part of a named data set (default test)", "train", "validation", "test", "all");
        var limit = CommonOptions.Number("--limit", "at most so many examples of each part", 1);
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = "a .csv file with the cluster of each example", HelpName = "FILE" };
        var command = new Command("cluster", "cluster examples, and compare with their classes")
        {
            folder, by, set, number, raw, source, query, split, limit, seed, root, file, CommonOptions.Threads(),
        };
        command.SetAction(parsed =>
        {
            var recipe = parsed.GetValue(by) is { } name ? CodeClusters.Find(name, Zoo.BuiltIn) : null;
            var assignments = parsed.GetValue(set) ?? [];
            if (recipe is null ? assignments.Length > 0 : parsed.GetValue(number) is not null)
            {
                throw new UsageException("--set belongs to a model given with --by, and --clusters to k-means: leave one of them out.");
            }

            var options = new JsonObject();
            foreach (var assignment in assignments)
            {
                OptionsJson.Set(options, assignment);
            }

            recipe?.Complete(options);
            var trained = terminal.Opened(parsed.GetValue(folder)!, query: parsed.GetValue(query));
            var data = terminal.Noted(trained.OpenOwnOr(parsed.GetValue(source), parsed.GetValue(root)));
            var space = new LatentSpace(trained);
            var how = new MeasureOptions(Limit: parsed.GetValue(limit) ?? int.MaxValue);
            var codes = CodeClusters.Join([.. Parts(parsed.GetValue(split)).Where(s => data.Count(s) > 0).Select(s =>
                parsed.GetValue(raw) ? Codes.Raw(data, how with { Split = s }) : space.Encode(data, how with { Split = s }))]);
            var classes = data.Spec.Classes;
            if (recipe is null && parsed.GetValue(number) is null && classes < 2)
            {
                throw new UsageException($"'{data.Name}' has no classes that would say how many clusters there are: give --clusters.");
            }

            var rng = new Rng(parsed.GetValue(seed) ?? 0);
            var members = terminal.Track("cluster", "%", 100, tracker => recipe is null
                ? CodeClusters.ByMeans(codes, parsed.GetValue(number) ?? classes, rng, share => tracker.Report(share * 100))
                : CodeClusters.ByModel(codes, recipe, options, rng, share => tracker.Report(share * 100)));
            if (parsed.GetValue(file) is { } path)
            {
                Sampling.WriteText(path, members.Select((m, i) => codes.Labels is { } l ? $"{i},{m},{l[i]}" : $"{i},{m}").Prepend(codes.Labels is null ? "example,cluster" : "example,cluster,label"));
                terminal.Note(path);
            }

            Print(terminal, members, codes, rng);
            return ExitCode.Done;
        });
        return command;
    }

    // Not a single split of the option's default: all of them, one after the other.
    private static Split[] Parts(string? text) => text == "all" ? Enum.GetValues<Split>() : [CommonOptions.ToSplit(text)];

    private static void Print(Terminal terminal, int[] members, Codes codes, Rng rng)
    {
        var sizes = members.CountBy(m => m).OrderBy(c => c.Key).Select(c => c.Value).ToArray();
        if (!terminal.Json)
        {
            terminal.Print($"{Counted.Of(members.Length, "example")} in {Counted.Of(sizes.Length, "cluster")} of {sizes.Min()} to {sizes.Max()}");
        }
        else
        {
            terminal.Print(new JsonObject { ["examples"] = members.Length, ["clusters"] = sizes.Length, ["smallest"] = sizes.Min(), ["largest"] = sizes.Max() });
        }

        if (codes.Labels is not { } labels)
        {
            return;
        }

        foreach (var score in ClusterAgreement.Scores("cluster", members, labels, Evidence.Exact, rng.Fork("agreement")))
        {
            terminal.Print(
                $"{score.Name,-36} {score.Score}",
                new JsonObject { ["name"] = score.Name, ["value"] = score.Score.Value, ["standardError"] = score.Score.StandardError, ["unit"] = score.Score.Unit, ["count"] = score.Score.Count });
        }
    }
}
