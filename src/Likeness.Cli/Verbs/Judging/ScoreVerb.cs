using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness score DIR --data NAME|FILE</c>: how likely each single example is, and whether that is unusual.</summary>
internal static class ScoreVerb
{
    // Held-out examples behind the p-values: resolves 0.05 %.
    private const int Calibration = 2000;

    public static Command Create(Terminal terminal)
    {
        var scoring = new ScoringOptions("what to score");
        var file = new Option<string?>("-o", "--output") { Description = "a .csv file (default: the output)", HelpName = "FILE" };
        var command = scoring.Create("score", "score how likely each example is, with p-values", file);
        command.SetAction(parsed =>
        {
            var asked = scoring.Open(parsed, terminal);
            var (scores, pValues) = Judge(terminal, asked);
            Write(terminal, parsed.GetValue(file), scores, pValues, asked.Trained, ExampleFiles.Of(asked.Data, asked.Options.Split, asked.Options.Limit));
            return ExitCode.Done;
        });
        return command;
    }

    private static (ExampleScores Scores, double[] PValues) Judge(Terminal terminal, Scoring asked)
    {
        if (asked.Gone is not null)
        {
            var alone = asked.Score();
            return (alone, asked.Uncalibrated(alone));
        }

        // Validation data neither trained the model nor is what people score.
        var held = Array.Find([Split.Validation, Split.Test, Split.Train], s => asked.Own.Count(s) > 0);
        var reference = asked.Calibrate(held, Calibration);
        terminal.Note($"The p-values are calibrated on {asked.Described(held, reference.Values.Length)}{Caution(asked, held)}.");
        var scores = asked.Score();
        return (scores, Anomalies.PValues(scores.Values, reference.Values));
    }

    // What is wrong with these examples; nothing where the model has not learned from them and they are not what is scored.
    private static string Caution(Scoring asked, Split held) =>
        (held == Split.Train ? ", which the model learned from: they are too small" : "")
        + (asked.Includes(held) ? $"{(held == Split.Train ? ", and these examples" : ", which")} are among those that are scored: few of these can look unusual" : "")
        + (held != Split.Validation && (held == Split.Train || asked.Includes(held)) ? "; train with --hold-out 0.1 to have others" : "");

    private static void Write(Terminal terminal, string? file, ExampleScores scores, double[] pValues, TrainedModel trained, ExampleFiles? files)
    {
        var (name, nats) = (scores.Basis.Column, scores.Basis.InNats);
        double Bits(int i) => -scores.Values[i] / (trained.Spec.Dimensions * Math.Log(2));
        if (file is null && terminal.Json)
        {
            for (var i = 0; i < pValues.Length; i++)
            {
                var line = new JsonObject { ["example"] = i };
                if (files is not null)
                {
                    line["file"] = files[i];
                }

                line[name] = scores.Shown(i);
                if (nats)
                {
                    line["bits_per_dim"] = Bits(i);
                }

                line["p_value"] = pValues[i];
                terminal.Print(Settings.Said(line, trained));
            }

            return;
        }

        var lines = Enumerable.Range(0, pValues.Length)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{(files is null ? "" : $"{files.Cell(i)},")}{scores.Shown(i):R},{(nats ? $"{Bits(i).ToString("G6", CultureInfo.InvariantCulture)}," : "")}{pValues[i]:G6}"))
            .Prepend($"example,{(files is null ? "" : "file,")}{name}{(nats ? "_nats,bits_per_dim" : "")},p_value");
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
