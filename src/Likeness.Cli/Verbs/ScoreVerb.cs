using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Likeness.Applications;
using Likeness.Core;
using Likeness.Models;
using Likeness.Torch;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness score DIR --data NAME|FILE</c>: how likely each single example is, and whether that is unusual.</summary>
internal static class ScoreVerb
{
    // Held-out examples behind the p-values: resolves 0.05 %.
    private const int Calibration = 2000;

    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var source = new Option<string>("--data") { Description = "what to score: a data set's name or a path", HelpName = "NAME|FILE", Required = true };
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var samples = CommonOptions.Number("--samples", "draws per example, for bounds that take many (default 100)", 1);
        var limit = CommonOptions.Number("--limit", "at most so many examples", 1);
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = "a .csv file (default: the output)", HelpName = "FILE" };
        var command = new Command("score", "log-likelihood, bits per dimension and calibrated p-value of each example")
        {
            folder, source, split, samples, limit, seed, root, file,
        };
        command.SetAction(parsed =>
        {
            var trained = TrainedModel.Open(parsed.GetValue(folder)!, Zoo.BuiltIn);
            if (!ExampleScores.CanMeasure(trained.Model))
            {
                throw new UsageException($"A {trained.Recipe.Name} knows no likelihood, so it cannot score: choose a model that can (see 'likeness models').");
            }

            var data = trained.OpenOther(parsed.GetValue(source)!, parsed.GetValue(root));
            var own = trained.OpenData(parsed.GetValue(root));
            var options = new MeasureOptions(CommonOptions.ToSplit(parsed.GetValue(split)), Limit: parsed.GetValue(limit) ?? int.MaxValue, Samples: parsed.GetValue(samples) ?? 100);
            // Validation data neither trained the model nor is what people score.
            var heldOut = options with { Split = own.Count(Split.Validation) > 0 ? Split.Validation : Split.Test, Limit = Calibration };
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            var reference = Measure("calibrate", own, heldOut);
            var scores = Measure("score", data, options);
            var pValues = Anomalies.PValues(scores.Nats, reference.Nats);
            Write(terminal, parsed.GetValue(file), scores, pValues, trained.Spec.Dimensions);
            return Program.Done;

            ExampleScores Measure(string what, IDataset set, MeasureOptions how) => terminal.Track(what, "%", 100, tracker =>
                ExampleScores.Measure(trained.Model, set, how with { Progress = share => tracker.Report(share * 100) }, rng.Fork(what)));
        });
        return command;
    }

    private static void Write(Terminal terminal, string? file, ExampleScores scores, double[] pValues, int dimensions)
    {
        var name = scores.Evidence == Evidence.Exact ? "log_likelihood" : "log_likelihood_lower_bound";
        var bits = scores.Nats.Select(n => -n / (dimensions * Math.Log(2))).ToArray();
        if (file is null && terminal.Json)
        {
            for (var i = 0; i < bits.Length; i++)
            {
                terminal.Print(new JsonObject { ["example"] = i, [name] = scores.Nats[i], ["bits_per_dim"] = bits[i], ["p_value"] = pValues[i] });
            }

            return;
        }

        var lines = Enumerable.Range(0, bits.Length)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{scores.Nats[i]:R},{bits[i]:G6},{pValues[i]:G6}"))
            .Prepend($"example,{name}_nats,bits_per_dim,p_value");
        if (file is null)
        {
            foreach (var line in lines)
            {
                terminal.Print(line);
            }

            return;
        }

        Sampling.WriteText(file, lines);
        terminal.Print(file);
    }
}
