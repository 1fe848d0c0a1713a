using System.Diagnostics;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness restoration DIR… --degrade MEASUREMENT</c>: how well models restore images whose truth is known, beside what anyone would do without one.</summary>
internal static class RestorationVerb
{
    private const int UsualImages = 200, ImagesOfMean = 2000, GridRows = 8;

    public static Command Create(Terminal terminal)
    {
        var folders = new Argument<string[]>("DIR") { Description = "the folders of runs, all of data of one kind", Arity = ArgumentArity.OneOrMore };
        var degrade = new Option<string>("--degrade")
        {
            Description = $"what is taken away from images: {string.Join(", ", Measurements.Forms)}",
            HelpName = "MEASUREMENT",
            Required = true,
        };
        var data = CommonOptions.OtherData("whose images: a data set's name or a path (default: the first run's own data)");
        var split = CommonOptions.SplitOption("of which part of the data (default test)");
        var limit = CommonOptions.Number("--limit", $"at most so many images (default {UsualImages})", 2);
        var draws = CommonOptions.Number("--draws", "restorations of each (default 2)", 1);
        var features = new Option<string?>("--features") { Description = "judge by the features or codes of this run (default: the values themselves)", HelpName = "RUN" };
        var grid = new Option<string?>("--grid") { Description = $"draw the first {GridRows}, one in a row: measured, restored by each method of the table, and the truth", HelpName = "FILE.png" };
        var set = CommonOptions.Later("sampler.steps=50");
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var restoring = new RestoringFlags();
        var command = new Command("restoration", "measure how well models restore images") { folders, degrade, data, split, limit, draws, features, grid, set, seed, root, CommonOptions.Threads() };
        restoring.AddTo(command);
        command.SetAction(parsed =>
        {
            var models = parsed.GetValue(folders)!.Select(r => terminal.Opened(r, parsed.GetValue(set))).ToList();
            var spec = models[0].Spec;
            if (models.Find(m => !m.Spec.Shape.SequenceEqual(spec.Shape) || m.Spec.Domain != spec.Domain) is { } odd)
            {
                throw new UsageException($"'{odd.Folder.Path}' knows {odd.Spec} and '{models[0].Folder.Path}' {spec}: restorations are compared between models of one kind of data.");
            }

            using var scope = torch.NewDisposeScope();
            var measurement = MeasurementFile.Read(parsed.GetValue(degrade)!, spec);
            var options = restoring.Read(parsed);
            var methods = models.Select(m => (Run: m, Method: RestoringMethods.Of(m.Model, spec, measurement, options))).ToList();
            methods.ForEach(m => RestoringFlags.CheckChosen(m.Run, m.Method.Name));
            var images = terminal.Noted(models[0].OpenOwnOr(parsed.GetValue(data), parsed.GetValue(root))).As<Batch>();
            var part = CommonOptions.ToSplit(parsed.GetValue(split));
            var count = Math.Min(parsed.GetValue(limit) ?? UsualImages, images.Count(part));
            var truth = images.Read(part, Math.Max(count, 1), count).First().X;
            var network = FeatureSource.Open(parsed.GetValue(features), spec, Zoo.BuiltIn, false, new()).Network;
            var judge = new RestorationJudge(spec, measurement, truth, network);
            terminal.Note($"{Counted.Of(count, "image")} of {images.Name} ({part.Word()}), '{measurement}'; features: {network.Description}");

            var shown = new List<Tensor>();
            var scores = new List<RestorationScore>();
            foreach (var (name, restored) in judge.WithoutModel(Mean(models[0], parsed.GetValue(root))))
            {
                Note(name, restored, 1, TimeSpan.Zero);
            }

            foreach (var (run, method) in methods)
            {
                var each = method.IsRandom ? parsed.GetValue(draws) ?? 2 : 1;
                var name = $"{method.Name} ({run.Folder.Path}{(run.ChosenText is { } chosen ? $", {chosen}" : "")})";
                var watch = Stopwatch.StartNew();
                var restored = terminal.Track(name, "%", 100, tracker => new Restoring(method, measurement, spec, run.Model.Device).Draw(
                    judge.Measured, each, new Rng(parsed.GetValue(seed) ?? 0, run.Model.Device), share => tracker.Report(share * 100)));
                Note(name, restored, each, watch.Elapsed);
            }

            Print(terminal, measurement, scores, count);
            if (parsed.GetValue(grid) is { } path)
            {
                var rows = Math.Min(GridRows, count);
                Sampling.WritePicture(path, RestorationPicture.Draw(
                    measurement, judge.Measured.narrow(0, 0, rows), torch.stack([.. shown], 1).flatten(0, 1), truth.narrow(0, 0, rows), spec));
                terminal.Note($"{path}: in each row what was measured, {string.Join(", ", scores.Select(s => s.Method))}, and the truth");
            }

            return ExitCode.Done;

            void Note(string name, Tensor restored, int each, TimeSpan time)
            {
                scores.Add(judge.Judge(name, restored, time));
                shown.Add(restored.reshape([count, each, .. restored.shape[1..]]).select(1, 0).narrow(0, 0, Math.Min(GridRows, count)));
            }
        });
        return command;
    }

    // Of training images; null where they are gone.
    private static Tensor? Mean(TrainedModel trained, string? root)
    {
        try
        {
            var data = trained.OpenData(root).As<Batch>();
            var count = Math.Min(ImagesOfMean, data.Count(Split.Train));
            return data.Read(Split.Train, count, count).First().X.mean([0], keepdim: true);
        }
        catch (LikenessException)
        {
            return null;
        }
    }

    private static void Print(Terminal terminal, LinearMeasurement measurement, List<RestorationScore> scores, int count)
    {
        if (!terminal.Json)
        {
            terminal.Table(["method", "PSNR dB", "of mean", "SSIM", "features", "Fréchet", "diversity", "deviation from given", "s/image"], scores.Select(s => (string[])
            [
                s.Method, string.Create(CultureInfo.InvariantCulture, $"{s.Psnr:0.00} ± {s.PsnrError:0.00}"), Number(s.PsnrOfMean, "0.00"), Number(s.Similarity, "0.000"), Number(s.FeatureDistance, "0.000"),
                Number(s.Frechet, "0.###"), Number(s.Diversity, "0.000"), Number(s.Disagreement, "0.0000"), Number(s.Seconds, "0.000"),
            ]));
            return;
        }

        foreach (var s in scores)
        {
            terminal.Print(new JsonObject
            {
                ["method"] = s.Method, ["measurement"] = measurement.ToString(), ["images"] = count, ["psnr"] = s.Psnr, ["psnrError"] = s.PsnrError, ["psnrOfMean"] = s.PsnrOfMean,
                ["ssim"] = s.Similarity, ["featureDistance"] = s.FeatureDistance, ["frechet"] = s.Frechet, ["diversity"] = double.IsNaN(s.Diversity) ? null : s.Diversity,
                ["disagreement"] = s.Disagreement, ["seconds"] = s.Seconds,
            });
        }
    }

    private static string Number(double value, string format) => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
}
