using System.CommandLine;
using System.Text.Json.Nodes;
using Likeness.Applications;
using Likeness.Core;
using Likeness.Data.Formats;
using Likeness.Models;
using Likeness.Torch;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness forecast DIR</c>: how a series could go on after its past, and what would follow from other actions.</summary>
internal static class ForecastVerb
{
    private static readonly string[] s_extensions = [".png", ".jpg", ".npy", ".csv"];

    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var source = new Option<string?>("--data") { Description = "whose series: a data set's name or a path (default: the run's own data)", HelpName = "NAME|FILE" };
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var example = CommonOptions.Number("--example", "which series of it, from 0 (default 0)", 0);
        var known = CommonOptions.Number("--past", "how many of its steps are given (default: half)", 1);
        var steps = CommonOptions.Number("--steps", "how many steps to go on for (default: the rest of the series)", 1);
        var count = CommonOptions.Number("-n", "how many futures to draw (default 200)", 1, "--count");
        var actions = new Option<string?>("--actions") { Description = "what is done in the future: a .csv or .npy file [steps, actions] (default: as in the series, then nothing)", HelpName = "FILE" };
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = $"where to ({string.Join(", ", s_extensions)}); default: a picture in the run's folder", HelpName = "FILE" };
        var command = new Command("forecast", "draw how a series goes on, given its past and what is done") { folder, source, split, example, known, steps, count, actions, seed, root, file };
        command.SetAction(parsed =>
        {
            var trained = TrainedModel.Open(parsed.GetValue(folder)!, Zoo.BuiltIn);
            if (trained.Model is not IForecaster model)
            {
                throw new UsageException($"A {trained.Recipe.Name} cannot forecast: choose a model of series that can (see 'likeness models').");
            }

            var path = parsed.GetValue(file) ?? trained.Folder.SampleFile(trained.Step, "-forecast.png");
            if (!s_extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
            {
                throw new UsageException($"A forecast cannot be written as '{path}': end the file's name in {string.Join(", ", s_extensions)}.");
            }

            using var scope = torch.NewDisposeScope();
            var data = parsed.GetValue(source) is { } name ? trained.OpenOther(name, parsed.GetValue(root)) : trained.OpenData(parsed.GetValue(root));
            var plan = Plan.Of(trained.Spec, Series(data, CommonOptions.ToSplit(parsed.GetValue(split)), parsed.GetValue(example) ?? 0),
                parsed.GetValue(known), parsed.GetValue(steps), parsed.GetValue(actions));
            var draws = parsed.GetValue(count) ?? 200;
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            var futures = model.RollOut(plan.Past.unsqueeze(0).repeat(draws, 1, 1), plan.Steps, rng, plan.Actions?.unsqueeze(0).repeat(draws, 1, 1)).to(torch.CPU);
            Write(path, plan, futures, trained.Spec.Shape[1] - trained.Spec.Actions);
            if (terminal.Json)
            {
                terminal.Print(new JsonObject { ["file"] = path, ["count"] = draws, ["past"] = plan.Past.shape[0], ["steps"] = plan.Steps });
            }
            else
            {
                terminal.Print(path);
            }

            return Program.Done;
        });
        return command;
    }

    private static Tensor Series(IDataset data, Split split, int index)
    {
        if (index >= data.Count(split))
        {
            throw new UsageException($"There is no series {index} in {data.Count(split)}: give a number below that, from 0.");
        }

        return ((IDataset<Batch>)data).Read(split, index + 1, index + 1).First().X.select(0, index);
    }

    private static void Write(string path, Plan plan, Tensor futures, int values)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                Npy.Write(path, futures.ToArray<float>(), futures.shape);
                break;
            case ".csv":
                // One row for each draw and step.
                var (m, steps) = (futures.shape[0], futures.shape[1]);
                var numbers = torch.stack([torch.arange(0, m, ScalarType.Float32).unsqueeze(1).expand(m, steps), torch.arange(0, steps, ScalarType.Float32).unsqueeze(0).expand(m, steps)], 2);
                TextTable.Write(path, ["draw", "step", .. Enumerable.Range(1, values).Select(i => $"x{i}")], torch.cat([numbers, futures], 2).ToArray<float>());
                break;
            default:
                Sampling.WritePicture(path, FanChart.Draw(
                    plan.Past.narrow(1, 0, values), futures, plan.Truth?.narrow(1, 0, values), title: $"{futures.shape[0]} futures after {plan.Past.shape[0]} steps"));
                break;
        }
    }

    // What is known of one series and what is asked.
    private sealed record Plan(Tensor Past, Tensor? Truth, int Steps, Tensor? Actions)
    {
        public static Plan Of(DataSpec spec, Tensor series, int? past, int? ahead, string? file)
        {
            var length = (int)series.shape[0];
            var known = past ?? Math.Max(length / 2, 1);
            if (known > length)
            {
                throw new UsageException($"A past of {known} steps is longer than the series of {length}: give at most {length}.");
            }

            var steps = ahead ?? Math.Max(length - known, 1);
            var there = Math.Min(steps, length - known);
            var rest = series.narrow(0, known, there);
            var values = spec.Shape[1] - spec.Actions;
            return new(series.narrow(0, 0, known), there == steps ? rest : null, steps, spec.Actions == 0 && file is null ? null
                : file is null ? torch.nn.functional.pad(rest.narrow(1, values, spec.Actions), [0, 0, 0, steps - there]) : Read(file, steps, spec.Actions));
        }

        private static Tensor Read(string file, int steps, int actions)
        {
            var array = Path.GetExtension(file).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? Npy.Read(file) : TextTable.Read(file).Values;
            return array.Rows == steps && array.RowLength == actions
                ? Tensor.From(array.ToSingles(file), steps, actions)
                : throw new DataException($"'{file}' has {array.Rows} rows of {array.RowLength} where {steps} steps of {actions} actions are needed: write one row for each step.");
        }
    }
}
