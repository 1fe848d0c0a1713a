using System.Diagnostics;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness plan [DIR] --environment NAME</c>: acts in a world, by plans through a learned one.</summary>
internal static class PlanVerb
{
    private const string Model = "model", Equations = "equations", Table = "value-iteration", Chance = "random";

    public static Command Create(Terminal terminal)
    {
        var defaults = new PlannerOptions();
        var folder = new Argument<string?>("DIR") { Description = "the folder of the run to plan with", Arity = ArgumentArity.ZeroOrOne };
        var world = CommonOptions.Choice("--environment", "the world to act in", [.. Environments.BuiltIn.Select(e => e.Name)]);
        var by = CommonOptions.Choice("--by", "what to plan with (default: model); value-iteration uses the table that the model has learned, or the true one without a run", Model, Equations, Table, Chance);
        var episodes = CommonOptions.Number("--episodes", "how many episodes (default 1)", 1);
        var population = CommonOptions.Number("--population", $"sequences of actions that are tried at once (default {defaults.Population})", 2);
        var elites = CommonOptions.Number("--elites", $"the best of them, from which the next are drawn (default {defaults.Elites})", 1);
        var iterations = CommonOptions.Number("--iterations", $"rounds of that for each step (default {defaults.Iterations})", 1);
        var horizon = CommonOptions.Number("--horizon", $"steps to look ahead (default {defaults.Horizon})", 1);
        var particles = CommonOptions.Number("--particles", $"futures of each sequence (default {defaults.Particles})", 1);
        var memory = CommonOptions.Number("--past", $"steps of the past that the model is given (default {defaults.Memory})", 1);
        var reward = CommonOptions.Choice("--reward", "where rewards come from (default: learned, where the model has learned them)", "learned", "known");
        var log = new Option<string?>("--transitions") { Description = "append the transitions to this .csv file, to learn from", HelpName = "FILE" };
        var seed = CommonOptions.Seed();
        var file = new Option<string?>("-o", "--output") { Description = "a picture of the episodes (.png, .jpg); default: in the run's folder, if there is one", HelpName = "FILE" };
        var command = new Command("plan", "act in an environment by planning with a learned model") { folder, world, by, episodes, population, elites, iterations, horizon, particles, memory, reward, log, seed, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var environment = Environments.Find(parsed.GetValue(world)
                ?? throw new UsageException($"plan needs --environment: choose {string.Join(", ", Environments.BuiltIn.Select(e => e.Name))}."));
            var way = parsed.GetValue(by) ?? Model;
            var options = new PlannerOptions
            {
                Population = parsed.GetValue(population) ?? defaults.Population,
                Elites = parsed.GetValue(elites) ?? defaults.Elites,
                Iterations = parsed.GetValue(iterations) ?? defaults.Iterations,
                Horizon = parsed.GetValue(horizon) ?? defaults.Horizon,
                Particles = parsed.GetValue(particles) ?? defaults.Particles,
                Memory = parsed.GetValue(memory) ?? defaults.Memory,
                KnowsReward = parsed.GetValue(reward) == "known",
            };
            var run = parsed.GetValue(folder);
            if (way == Model && run is null)
            {
                throw new UsageException("plan by a model needs the folder of a run: name one, or choose --by equations, value-iteration or random.");
            }

            var picture = parsed.GetValue(file);
            if (picture is not null && Path.GetExtension(picture).ToLowerInvariant() is not (".png" or ".jpg"))
            {
                throw new UsageException($"A picture of episodes cannot be written as '{picture}': end the file's name in .png or .jpg.");
            }

            using var scope = torch.NewDisposeScope();
            var trained = run is not null && (way is Model or Table) ? terminal.Opened(run) : null;
            IPolicy policy = way switch
            {
                Equations => CrossEntropyPlanner.ByEquations(environment, options),
                Chance => new RandomPolicy(environment),
                Table when environment is not ITabularWorld =>
                    throw new UsageException($"The states of '{environment.Name}' cannot be listed: choose --by {(run is null ? Equations : Model)}, or an environment that is a table."),
                Table => trained is null ? new ValueIteration((ITabularWorld)environment)
                    : ValueIteration.By(trained, (ITabularWorld)environment, options.Particles, new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device)),
                _ => CrossEntropyPlanner.By(trained!, environment, options),
            };
            var (count, rows, done) = (parsed.GetValue(episodes) ?? 1, new List<string[]>(), new List<Episode>());
            var watch = Stopwatch.StartNew();
            terminal.Track("acting", "episodes", count, tracker =>
            {
                foreach (var episode in Planning.Act(environment, policy, count, parsed.GetValue(seed) ?? 0))
                {
                    done.Add(episode);
                    tracker.Report(done.Count);
                    if (terminal.Json)
                    {
                        terminal.Print(new JsonObject { ["episode"] = done.Count, ["steps"] = episode.Actions.Count, ["return"] = episode.Return, ["seconds"] = watch.Elapsed.TotalSeconds });
                    }

                    rows.Add([$"{done.Count}", $"{episode.Actions.Count}", $"{episode.Return:0.0}", $"{watch.Elapsed.TotalSeconds:0.0}"]);
                    watch.Restart();
                }

                return 0;
            });
            if (parsed.GetValue(log) is { } table)
            {
                Planning.Log(table, environment, done);
            }

            picture ??= trained?.Folder.SampleFile(trained.Step, $"-plan-{environment.Name}.png");
            if (picture is not null)
            {
                Sampling.WritePicture(picture, EpisodePicture.Draw(environment, done, $"{environment.Name}: {done.Count} episode{(done.Count == 1 ? "" : "s")} by {trained?.Recipe.Name ?? way}"));
            }

            if (terminal.Json)
            {
                terminal.Print(new JsonObject { ["episodes"] = done.Count, ["mean"] = done.Average(e => e.Return), ["least"] = done.Min(e => e.Return), ["file"] = picture });
                return ExitCode.Done;
            }

            terminal.Table(["episode", "steps", "return", "seconds"], rows);
            terminal.Print($"mean return {done.Average(e => e.Return):0.0} of {Counted.Of(done.Count, "episode")}, {done.Min(e => e.Return):0.0} at least{(picture is null ? "" : $": {picture}")}");
            return ExitCode.Done;
        });
        return command;
    }
}
